/// A hall's picture on one loop: what its displays are sent. Touched by the loop's thread alone.
///
/// The log holds frames alone, from the last keyframe but one on; what a decoder needs first, and the news that there is nothing to show, are
/// messages of the client's own. A client waits ("parked") until a keyframe is there that it can begin with.
final class PictureRoom: RoomClients, ClientRoom {
    /// Where a frame begins in the log, and when it came (milliseconds).
    private struct Place {
        var offset: Int64
        var at: Int64
    }

    let feed: any PictureFeed
    /// Milliseconds a client may be behind when a keyframe comes, before it is moved there.
    private let behindTime: Int64
    /// What every client is told first: how the frames are decoded, or that there are none.
    private var beginning: LogChunk?
    private var isShown = false
    /// A keyframe has come since the beginning.
    private var isRunning = false
    private var frames: [Place] = []
    /// The last keyframe, unless it was longer ago than the log reaches.
    private var keyframe: Place?
    /// Clients that this turn still owes a look, and who is next: a turn may be cut short, and the next goes on from there.
    private var owed = 0
    private var next = 0

    /// Clients that were moved ahead to a keyframe.
    private(set) var skips: UInt64 = 0

    init(name: String, feed: any PictureFeed, limits: ChannelLimits) {
        self.feed = feed
        behindTime = limits.pictureBehind
        super.init(name: name, log: ByteLog(limit: limits.pictureBytes))
    }

    // MARK: clients

    func start(_ client: ChannelClient) {
        dropWhatLeft()
        begin(client, at: keyframe?.offset)
    }

    override func leave(_ client: ChannelClient) {
        super.leave(client)
        // Another stands in its place now, and must not be passed over.
        if owed > 0 { owed = clients.count }
    }

    func recover(_ client: ChannelClient, now: Int64) -> Recovery {
        dropWhatLeft()
        begin(client, at: keyframe?.offset)
        return .skipped
    }

    /// - Parameter offset: of a keyframe; `nil` waits for the next.
    private func begin(_ client: ChannelClient, at offset: Int64?) {
        client.queue.begin(with: beginning.map { [$0] } ?? [], covering: .min, cursor: offset ?? SendQueue.parked)
    }

    // MARK: messages

    /// How the feed stood when the room was opened; what came since is newer.
    func open(with message: PictureMessage) {
        guard beginning == nil else { return }
        publish(message, now: 0)
    }

    func publish(_ message: PictureMessage, now: Int64) {
        switch message {
        case .began(let text, let initialization): begin(text: text, initialization: initialization)
        case .frame(let bytes, let isKeyframe): append(frame: bytes, isKeyframe: isKeyframe, now: now)
        case .gone(let text): end(text: text)
        }
    }

    private func begin(text: [UInt8], initialization: [UInt8]) {
        let bytes = ServerFrame.whole(text: text) + ServerFrame.whole(binary: initialization)
        restart(with: LogChunk(frame: bytes))
        isShown = true
    }

    /// Nothing of what was shown goes out any more, but for the rest of a frame that is under way.
    private func end(text: [UInt8]) {
        restart(with: LogChunk(text: text))
        isShown = false
    }

    private func restart(with message: LogChunk) {
        beginning = message
        log.cut()
        frames = []
        keyframe = nil
        isRunning = false
        for client in clients { begin(client, at: nil) }
    }

    private func append(frame: [UInt8], isKeyframe: Bool, now: Int64) {
        guard isShown, isKeyframe || isRunning else { return }
        isRunning = true
        let before = keyframe
        let place = Place(offset: log.end, at: now)
        log.append(frame: ServerFrame.whole(binary: frame))
        frames.append(place)
        guard isKeyframe else { return dropWhatLeft() }
        keyframe = place
        // Nobody needs more than the last two groups of pictures.
        if let before { log.forget(before: before.offset) }
        dropWhatLeft()
        for client in clients where client.queue.isParked || isBehind(client, now: now) {
            if client.queue.isParked { client.queue.follow(from: place.offset) } else { skip(client, to: place.offset) }
        }
    }

    private func skip(_ client: ChannelClient, to offset: Int64) {
        skips += 1
        begin(client, at: offset)
    }

    private func isBehind(_ client: ChannelClient, now: Int64) -> Bool {
        guard let cursor = client.queue.place, let first = frames.first else { return false }
        guard cursor >= first.offset else { return true }
        // What it is to be sent next: the first frame at or past its cursor.
        let index = frames.partitioningIndex { $0.offset >= cursor }
        return index < frames.count && now - frames[index].at > behindTime
    }

    private func dropWhatLeft() {
        let start = log.start
        if let first = frames.first, first.offset < start { frames.removeFirst(frames.partitioningIndex { $0.offset >= start }) }
        if let place = keyframe, place.offset < start { keyframe = nil }
    }

    // MARK: turns

    /// There is news: everybody is owed a look.
    func owe() { owed = clients.count }

    /// The next client to be looked at; `nil` when the turn is done.
    func nextOwed() -> ChannelClient? {
        guard owed > 0, !clients.isEmpty else { return nil }
        owed -= 1
        next = (next + 1) % clients.count
        return clients[next]
    }
}

extension Array {
    /// The first index whose element is `true` for `isSecond`, where all before are `false`.
    fileprivate func partitioningIndex(_ isSecond: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
