import StreamRelay

/// Prometheus' text exposition format 0.0.4.
enum MetricsText {
    static func exposition(
        statuses: [StreamStatus], door: DoorFigures?, encoders: EncoderFigures? = nil, keys: KeyFigures? = nil,
        events: EventFigures? = nil, boards: [BoardFigures] = []
    ) -> String {
        var page = Page()
        halls(statuses, &page)
        if let door { self.door(door, halls: statuses.map(\.hall), &page) }
        if let encoders { self.encoders(encoders, &page) }
        if let keys { self.keys(keys, &page) }
        if let events { self.events(events, &page) }
        if !boards.isEmpty { self.boards(boards, &page) }
        return page.text
    }

    private static func halls(_ statuses: [StreamStatus], _ page: inout Page) {
        page.family("plenary_stream_state", .gauge, "1 for the state the hall's stream is in.")
        for status in statuses {
            for state in ["stopped", "starting", "waiting", "live", "lost", "stopping"] {
                page.sample([("hall", status.hall), ("state", state)], status.state.rawValue == state ? 1 : 0)
            }
        }
        page.family("plenary_stream_on_air", .gauge, "1 for what the hall's viewers see.")
        for status in statuses {
            for onAir in ["nothing", "camera", "gap", "slate", "hidden"] {
                page.sample([("hall", status.hall), ("picture", onAir)], status.onAir.rawValue == onAir ? 1 : 0)
            }
        }
        func each(_ name: String, _ kind: Page.Kind, _ help: String, _ value: (StreamStatus) -> Double) {
            page.family(name, kind, help)
            for status in statuses { page.sample([("hall", status.hall)], value(status)) }
        }
        each("plenary_stream_bits_per_second", .gauge, "What the camera sends.") { Double($0.vitals.bitRate) }
        each("plenary_stream_frames_per_second", .gauge, "What the camera sends.") { $0.vitals.frameRate }
        each("plenary_stream_parts_total", .counter, "Parts cut.") { Double($0.parts) }
        each("plenary_stream_reconnects_total", .counter, "Times the camera was reached again since the stream was started.") {
            Double($0.reconnects)
        }
        page.family("plenary_stream_failures_total", .counter, "Times the camera was lost or could not be relayed, by the reason.")
        for status in statuses {
            for kind in RelayFailure.Kind.allCases.map(\.rawValue) {
                page.sample([("hall", status.hall), ("kind", kind)], Double(status.failures[kind] ?? 0))
            }
        }
        each("plenary_stream_repaired_timestamps_total", .counter, "Timestamps repaired since the worker began.") {
            Double($0.vitals.repairedTimestamps)
        }
        each("plenary_stream_clock_jumps_total", .counter, "Jumps of the camera's clock taken out since the worker began.") {
            Double($0.vitals.clockJumps)
        }
        each("plenary_stream_dropped_frames_total", .counter, "Frames dropped since the worker began.") { Double($0.vitals.droppedFrames) }
        each("plenary_stream_corrupt_packets_total", .counter, "Damaged packets since the worker began.") {
            Double($0.vitals.corruptPackets)
        }
        each("plenary_stream_broken_keyframes_total", .counter, "Keyframes that gave no still of the hall since the worker began.") {
            Double($0.vitals.brokenKeyframes)
        }
        each("plenary_stream_received_bytes_total", .counter, "Bytes read from the camera since the worker began.") {
            Double($0.vitals.bytesIn)
        }
        each("plenary_stream_silence_seconds", .gauge, "Since the camera's last packet.") { Double($0.vitals.idleMilliseconds) / 1000 }
        each("plenary_stream_window_seconds", .gauge, "Video that viewers can seek in.") { $0.windowSeconds }
        each("plenary_stream_window_bytes", .gauge, "Memory of that video.") { Double($0.windowBytes) }
    }

    private static func door(_ door: DoorFigures, halls: [String], _ page: inout Page) {
        page.family("plenary_stream_viewers", .gauge, "Connections that asked for the hall's playlist in the last 15 seconds.")
        for hall in halls { page.sample([("hall", hall)], Double(door.viewers[hall] ?? 0)) }
        page.family("plenary_http_requests_total", .counter, "Requests answered; 499: the client left first.")
        for answer in door.counters.answers {
            page.sample([("class", answer.kind.label), ("status", String(answer.status))], Double(answer.count))
        }
        func one(_ name: String, _ kind: Page.Kind, _ help: String, _ value: Double) {
            page.family(name, kind, help)
            page.sample([], value)
        }
        one("plenary_http_received_bytes_total", .counter, "Bytes read from clients.", Double(door.counters.bytesIn))
        one("plenary_http_sent_bytes_total", .counter, "Bytes given to the kernel for clients.", Double(door.counters.bytesOut))
        one("plenary_http_connections_open", .gauge, "Open connections.", Double(door.connections.open))
        one("plenary_http_connections_accepted_total", .counter, "Connections accepted.", Double(door.connections.accepted))
        one("plenary_http_connections_refused_total", .counter, "Connections refused for their number.", Double(door.connections.refused))
        one("plenary_http_held_requests", .gauge, "Requests that wait for a part or a playlist.", Double(door.held))
        one("plenary_http_holds_refused_total", .counter, "Requests refused because too many wait.", Double(door.counters.holdsRefused))
        page.family("plenary_http_deadlines_total", .counter, "Connections ended by a deadline.")
        let counters = door.counters
        for (name, count) in [
            ("header", counters.headerTimeouts), ("body", counters.bodyTimeouts), ("idle", counters.idleTimeouts),
            ("stalled", counters.stalledReaders), ("tls", counters.tlsTimeouts), ("ping", counters.silentPeers),
        ] { page.sample([("deadline", name)], Double(count)) }
    }

    private static func encoders(_ encoders: EncoderFigures, _ page: inout Page) {
        func one(_ name: String, _ kind: Page.Kind, _ help: String, _ value: Double) {
            page.family(name, kind, help)
            page.sample([], value)
        }
        one("plenary_rtmp_connections_open", .gauge, "Open connections to the RTMP port.", Double(encoders.connections))
        one("plenary_rtmp_encoders_publishing", .gauge, "Encoders that push now.", Double(encoders.publishing))
        one("plenary_rtmp_encoders_accepted_total", .counter, "Encoders whose stream key was right.", Double(encoders.accepted))
        one("plenary_rtmp_received_bytes_total", .counter, "Bytes read from encoders.", Double(encoders.bytesReceived))
        page.family("plenary_rtmp_refused_total", .counter, "Connections to the RTMP port that were turned away or hung up on.")
        for (reason, count) in encoders.refused { page.sample([("reason", reason)], Double(count)) }
    }

    private static func keys(_ keys: KeyFigures, _ page: inout Page) {
        page.family("plenary_denied_total", .counter, "Requests turned away for who asked, by the reason.")
        for (reason, count) in keys.denials { page.sample([("reason", reason)], Double(count)) }
        page.family("plenary_commands_total", .counter, "Commands and files of the council, by how they ended.")
        for (outcome, count) in keys.commands { page.sample([("outcome", outcome)], Double(count)) }
        page.family("plenary_tokens", .gauge, "Tokens that are good now.")
        page.sample([], Double(keys.tokens))
        page.family("plenary_sessions", .gauge, "Console sessions that are open.")
        page.sample([], Double(keys.sessions))
    }

    struct Page {
        enum Kind: String { case gauge, counter }
        private(set) var text = ""
        private var name = ""

        mutating func family(_ name: String, _ kind: Kind, _ help: String) {
            self.name = name
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        }

        mutating func sample(_ labels: [(String, String)], _ value: Double) {
            text += name
            if !labels.isEmpty { text += "{" + labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",") + "}" }
            text += " " + (value == value.rounded() && abs(value) < 9e15 ? String(Int64(value)) : String(value)) + "\n"
        }

        private static func escaped(_ value: String) -> String {
            value.reduce(into: "") { out, character in
                switch character {
                case "\\": out += "\\\\"
                case "\"": out += "\\\""
                case "\n": out += "\\n"
                default: out.append(character)
                }
            }
        }
    }
}

/// The figures of tokens, sessions and commands for `/metrics`.
struct KeyFigures: Sendable {
    var denials: [(reason: String, count: Int)]
    var commands: [(outcome: String, count: Int)]
    var tokens: Int
    var sessions: Int
}
