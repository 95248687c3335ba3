/// A hall's picture on one loop, as its displays receive it. Used only on the loop's thread.
///
/// The log holds only frames, from the last keyframe but one on; the decoder's parameters, and the notice that there is nothing to show, are
/// queued per client. A client is parked until there is a keyframe that it can begin with.
final class PictureRoom: RoomClients, ClientRoom {
    /// A frame's offset in the log, and when it arrived (milliseconds).
    private struct Place {
        var offset: Int64
        var at: Int64
    }

    let feed: any PictureFeed
    /// A client that is further behind than this (milliseconds) when a keyframe arrives is moved to it.
    private let behindTime: Int64
    /// The first message to every client: how the frames are decoded, or that there are none.
    private var beginning: LogChunk?
    private var isShown = false
    /// A keyframe has come since the beginning.
    private var isRunning = false
    private var frames: [Place] = []
    /// The last keyframe, unless it was longer ago than the log reaches.
    private var keyframe: Place?
    /// Clients still to be served in this turn, and the next one: a turn may be cut short, and the next continues from there.
    private var owed = 0
    private var next = 0

    /// How many times a client was moved ahead to a keyframe.
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
        // Another client has taken its index, and must not be skipped.
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

    /// The feed's state when the room was opened; anything received since is newer.
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

    /// No frame is sent any more, except the rest of one that is partly sent.
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

    /// There is something new: every client is to be served.
    func owe() { owed = clients.count }

    /// The next client to serve; `nil` when the turn is complete.
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
