import Commons

/// A hall's events on one loop. Used only on the loop's thread.
final class HallRoom: RoomClients, ClientRoom {
    /// Milliseconds for which one encoded snapshot is reused, so that a crowd of new clients costs one encoding.
    private static let snapshotAge: Int64 = 100

    let feed: any EventFeed
    /// A tick that came before the message it names.
    private var tick: EncodedMessage?
    private var snapshot: (chunk: LogChunk, sequence: Int64, cursor: Int64, at: Int64)?
    private var beat: (chunk: LogChunk, sequence: Int64, at: Int64)?

    init(name: String, feed: any EventFeed, limits: ChannelLimits) {
        self.feed = feed
        super.init(name: name, log: ByteLog(limit: limits.behindBytes))
    }

    // MARK: clients

    func recover(_ client: ChannelClient, now: Int64) -> Recovery {
        giveSnapshot(to: client, now: now)
        return .replaced
    }

    /// Gives the client its first messages. Returns whether they are the deltas it missed.
    func start(_ client: ChannelClient, resume: Resume?, now: Int64, limits: ChannelLimits) -> Bool {
        if let resume, let missed = feed.deltas(epoch: resume.epoch, after: resume.after) {
            let sizes = missed.map { ServerFrame.headerCount(of: $0.bytes.count) + $0.bytes.count }
            let total = sizes.reduce(0, +)
            if total <= limits.behindBytes {
                let sequence = missed.last?.sequence ?? resume.after
                var first: [LogChunk] = []
                if missed.isEmpty {
                    if let beat = self.beat(now), beat.sequence <= sequence { first = [beat.chunk] }
                } else {
                    let chunk = LogChunk(start: 0, capacity: total)
                    for message in missed { chunk.append(text: message.bytes, after: message.after, sequence: message.sequence) }
                    first = [chunk]
                }
                client.queue.begin(with: first, covering: sequence, cursor: log.end)
                return true
            }
        }
        giveSnapshot(to: client, now: now)
        return false
    }

    /// Replaces everything queued by the latest snapshot.
    func giveSnapshot(to client: ChannelClient, now: Int64) {
        if let snapshot, now - snapshot.at <= Self.snapshotAge, snapshot.cursor >= log.start {
            client.queue.begin(with: [snapshot.chunk], covering: snapshot.sequence, cursor: snapshot.cursor)
            return
        }
        let fresh = feed.snapshot()
        let chunk = LogChunk(text: fresh.bytes)
        snapshot = (chunk, fresh.sequence, log.end, now)
        client.queue.begin(with: [chunk], covering: fresh.sequence, cursor: log.end)
    }

    private func beat(_ now: Int64) -> (chunk: LogChunk, sequence: Int64)? {
        if let beat, now - beat.at <= Self.snapshotAge { return (beat.chunk, beat.sequence) }
        let fresh = feed.tick()
        let chunk = LogChunk(text: fresh.bytes)
        beat = (chunk, fresh.sequence, now)
        return (chunk, fresh.sequence)
    }

    // MARK: messages

    func publish(_ message: EncodedMessage) {
        // A message that does not follow the last would be applied to the wrong state: every client gets a snapshot instead.
        if let sequence = log.sequence, message.after != sequence { log.cut() }
        log.append(text: message.bytes, after: message.after, sequence: message.sequence)
        if snapshot.map({ $0.cursor < log.start }) == true { snapshot = nil }
        if let tick { publish(tick: tick) }
    }

    func publish(tick: EncodedMessage) {
        self.tick = nil
        // It says where the hall is: never before the messages that lead there.
        guard let sequence = log.sequence, sequence >= tick.sequence else {
            self.tick = tick
            return
        }
        log.append(text: tick.bytes, after: sequence, sequence: sequence)
    }
}
