extension MetricsText {
    /// The event channel's counts.
    static func events(_ events: EventFigures, _ page: inout Page) {
        func one(_ name: String, _ kind: Page.Kind, _ help: String, _ value: Double) {
            page.family(name, kind, help)
            page.sample([], value)
        }
        one("plenary_events_connections_open", .gauge, "Open connections to the event channel.", Double(events.connections))
        page.family("plenary_events_listeners", .gauge, "WebSocket clients that listen to the hall.")
        for (hall, count) in events.listeners { page.sample([("hall", hall)], Double(count)) }
        page.family("plenary_events_picture_viewers", .gauge, "WebSocket clients that see the hall's picture frame by frame.")
        for (hall, count) in events.watchers { page.sample([("hall", hall)], Double(count)) }
        one(
            "plenary_events_picture_skips_total", .counter, "Times a client of a picture was moved ahead to a keyframe.",
            Double(events.skipped))
        one("plenary_events_connections_accepted_total", .counter, "Connections accepted.", Double(events.accepted))
        one("plenary_events_connections_refused_total", .counter, "Connections refused for their number.", Double(events.refused))
        one(
            "plenary_events_messages_total", .counter, "Messages published; each counts once, however many got it.", Double(events.messages)
        )
        one("plenary_events_writes_total", .counter, "Writes to sockets; several messages may go in one.", Double(events.writes))
        one("plenary_events_sent_bytes_total", .counter, "Bytes given to the kernel for clients.", Double(events.bytesSent))
        page.family("plenary_events_begun_total", .counter, "Clients that began, by their first message.")
        page.sample([("with", "snapshot")], Double(events.snapshots))
        page.sample([("with", "deltas")], Double(events.resumed))
        one("plenary_events_replaced_total", .counter, "Queues of slow clients that a snapshot took the place of.", Double(events.replaced))
        page.family("plenary_events_answers_total", .counter, "HTTP answers to what was no upgrade.")
        for (status, count) in events.answered { page.sample([("status", String(status))], Double(count)) }
        page.family("plenary_events_closed_total", .counter, "Connections that ended, by the reason.")
        for (reason, count) in events.closed { page.sample([("reason", reason)], Double(count)) }
    }

    /// The halls' records.
    static func boards(_ boards: [BoardFigures], _ page: inout Page) {
        func each(_ name: String, _ kind: Page.Kind, _ help: String, _ value: (BoardFigures) -> Double) {
            page.family(name, kind, help)
            for board in boards { page.sample([("hall", board.hall)], value(board)) }
        }
        each("plenary_board_events_total", .counter, "Events in the hall's record.") { Double($0.sequence) }
        each("plenary_board_commands_waiting", .gauge, "Commands that wait for the disk.") { Double($0.waiting) }
        each("plenary_board_commands_done_total", .counter, "Commands on the disk; one that is sent again counts again.") {
            Double($0.done)
        }
        page.family("plenary_board_commands_refused_total", .counter, "Commands refused, by the code.")
        for board in boards {
            for (code, count) in board.refused { page.sample([("hall", board.hall), ("code", code)], Double(count)) }
        }
        each("plenary_board_disk_seconds_total", .counter, "Time the disk took for the writes.") { $0.diskSeconds }
        each("plenary_board_writes_total", .counter, "Writes; several commands may go in one.") { Double($0.writes) }
    }
}
