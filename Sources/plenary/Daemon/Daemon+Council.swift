import Commons
import EventChannel
import Gateway
import PlenaryConfiguration
import StreamRelay
import VoteBoard

// The halls' records, as the doors ask for them.
extension Daemon {
    /// The hall's board: where its commands go.
    func board(_ hall: String) -> Board? { records[hall]?.board }

    var council: (any CouncilControl)? {
        CouncilDesk(board: { [self] in board($0) }, title: { [self] hall in halls.first { $0.name == hall }?.title })
    }

    func events(_ hall: String) -> (any EventSource)? { records[hall]?.feed }

    func damage(_ hall: String) -> String? { records.damage(hall) }

    func past(_ hall: String, from: Int64, until: Int64?) async throws(Problem) -> [[UInt8]]? {
        guard let past = records[hall]?.past else { return nil }
        let now = ClockReading.system().wall
        let messages: [[UInt8]]?
        do { messages = try await past.messages(from: UTCMilliseconds(from), until: until, now: now) } catch {
            throw Problem(.record, detail: error.sentence)
        }
        guard let messages else {
            throw Problem(.busy, detail: "too many ask for the past at once; ask again in a moment")
        }
        return messages
    }

    /// The halls that play a script.
    var demos: [String: PlenaryConfig.Demo] { perHall(\.demo) }

    /// The halls that have a watched folder.
    var hallSystemFolders: [String: String] { perHall(\.hallSystemFolder) }

    private func perHall<Value: Sendable>(_ value: KeyPath<PlenaryConfig.Hall, Value?>) -> [String: Value] {
        state.withLock { state in
            Dictionary(
                state.config.halls.compactMap { hall in hall[keyPath: value].map { (hall.name, $0) } },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// From here on the channel has every hall that the daemon has.
    func serve(_ channel: EventChannel, at place: ChannelPlace) {
        let halls = state.withLock { state in
            state.channel = (channel, place)
            return state.config.halls.map(\.name)
        }
        for hall in halls { serve(hall, on: channel) }
    }

    func serve(_ hall: String, on channel: EventChannel?) {
        guard let feed = records[hall]?.feed else { return }
        channel?.open(hall, feed: feed)
        servePicture(hall, on: channel)
    }

    /// The channel has the hall's picture frame by frame exactly when the configuration says so.
    func servePicture(_ hall: String, on channel: EventChannel?) {
        guard let channel, let relay = relay(hall) else { return }
        if hasPicture(hall) { channel.open(picture: hall, feed: HallPicture(relay)) } else { channel.close(picture: hall) }
    }

    func hasPicture(_ hall: String) -> Bool { state.withLock { $0.config.hall(hall)?.stream.picture == true } }

    var channel: ChannelPlace? { state.withLock { $0.channel?.place } }
}

// What the metrics tell.
extension Daemon {
    func events() async -> EventFigures? {
        guard let channel = state.withLock({ $0.channel?.served }) else { return nil }
        return EventFigures(await channel.figures(), halls: halls.map(\.name))
    }

    var boards: [BoardFigures] {
        halls.compactMap { hall in
            guard let board = board(hall.name) else { return nil }
            let (counted, waiting) = board.figures
            var figures = BoardFigures(hall: hall.name, sequence: board.state.sequence)
            figures.waiting = waiting
            figures.done = counted.done
            figures.refused = counted.refused.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            figures.writes = counted.writes
            figures.diskSeconds = counted.diskTime / .seconds(1)
            return figures
        }
    }
}

extension EventFigures {
    init(_ counted: ChannelFigures, halls: [String]) {
        self.init()
        connections = counted.connections
        listeners = halls.map { ($0, counted.listening[$0] ?? 0) }
        watchers = counted.watching.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        skipped = counted.skipped
        accepted = counted.accepted
        refused = counted.refused
        messages = counted.messages
        writes = counted.writes
        bytesSent = counted.bytesSent
        snapshots = counted.snapshots
        resumed = counted.resumed
        replaced = counted.replaced
        answered = counted.answered.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        closed = ChannelEnd.allCases.map { ($0.rawValue, counted.closed[$0] ?? 0) }
    }
}

// The sitting and the picture: both clocks are this machine's UTC.
extension Daemon {
    /// From here on the hall's playlists say what is before the council and what it votes on.
    static func join(_ record: CouncilRecords.Record, with relay: HallRelay) {
        let board = record.board
        relay.show(board.marks.map(DateRange.init))
        let _: UInt64 = record.feed.observe { [weak board, weak relay] _ in
            guard let board, let relay else { return }
            relay.show(board.marks.map(DateRange.init))
        }
    }
}

extension DateRange {
    /// Characters of a title in a playlist.
    private static let titleLength = 200

    init(_ mark: SittingMark) {
        // An item may be taken up twice: its beginning tells one time from the other.
        self.init(
            id: "\(mark.kind.rawValue)-\(mark.id)-\(mark.from.value)", kind: "org.plenary.\(mark.kind.rawValue)",
            start: mark.from.value * 1000, end: mark.until.map { $0.value * 1000 },
            attributes: [("ORG-PLENARY-ID", mark.id), ("ORG-PLENARY-TITLE", String(mark.title.prefix(Self.titleLength)))])
    }
}
