import Testing

@testable import EventChannel

struct FanOutTests {
    /// Everything that `queue` gives now, as the text of whole frames.
    private func drain(_ queue: inout SendQueue, _ log: ByteLog, limit: Int = 1 << 20, slices: inout Int) -> (bytes: [UInt8], end: String) {
        var bytes: [UInt8] = []
        while true {
            switch queue.next(in: log, limit: limit) {
            case .slice(let slice):
                slices += 1
                #expect(slice.range.count <= limit)
                bytes += slice.chunk.withBytes(slice.range) { Array($0) }
            case .nothing: return (bytes, "nothing")
            case .lost: return (bytes, "lost")
            case .finished: return (bytes, "finished")
            }
        }
    }

    private func drain(_ queue: inout SendQueue, _ log: ByteLog, limit: Int = 1 << 20) -> (bytes: [UInt8], end: String) {
        var slices = 0
        return drain(&queue, log, limit: limit, slices: &slices)
    }

    private func frame(_ text: String) -> [UInt8] {
        let chunk = LogChunk(text: Array(text.utf8))
        return chunk.withBytes(0..<chunk.count) { Array($0) }
    }

    private func log(_ messages: [String], limit: Int = 1 << 20) -> ByteLog {
        var log = ByteLog(limit: limit)
        for (index, text) in messages.enumerated() { log.append(text: Array(text.utf8), after: Int64(index), sequence: Int64(index + 1)) }
        return log
    }

    @Test(arguments: [0, 125, 126, 65_535, 65_536, 200_000])
    func `a frame's header tells its length`(count: Int) {
        let bytes = frame(String(repeating: "x", count: count))
        #expect(bytes.count == ServerFrame.headerCount(of: count) + count)
        #expect(bytes[0] == 0x81)
        let told = bytes[1] < 126 ? Int(bytes[1]) : bytes[2..<(bytes[1] == 126 ? 4 : 10)].reduce(0) { $0 << 8 | Int($1) }
        #expect(told == count)
    }

    @Test func `ten messages that wait go out in one piece`() {
        let texts = (1...10).map { "message \($0)" }
        let log = log(texts)
        var queue = SendQueue()
        var slices = 0
        #expect(drain(&queue, log, slices: &slices).bytes == texts.flatMap(frame))
        #expect(slices == 1)
        #expect(!queue.isOutstanding(in: log))
    }

    @Test func `the rest of the log is the same bytes that a client's queue would give`() throws {
        let log = log((1...10).map { "message \($0)" })
        var queue = SendQueue()
        let place = try #require(queue.following)
        let rest = try #require(log.rest(from: place, limit: 1 << 20))
        #expect(rest.chunk.withBytes(rest.range) { Array($0) } == drain(&queue, log).bytes)
        #expect(queue.following == log.end)
        #expect(log.rest(from: log.end, limit: 1 << 20)?.range == nil)
        #expect(log.rest(from: SendQueue.parked, limit: 1 << 20)?.range == nil)
        #expect(log.rest(from: 0, limit: rest.range.count - 1)?.range == nil)
    }

    @Test func `there is no rest of a log that has gone on to other memory, or was cut`() {
        var log = log(["1", String(repeating: "2", count: ByteLog.chunkBytes)])
        #expect(log.rest(from: 0, limit: 1 << 20)?.range == nil)
        #expect(log.rest(from: 3, limit: 1 << 20)?.range == 0..<(4 + ByteLog.chunkBytes))
        log.cut()
        #expect(log.rest(from: 3, limit: 1 << 20)?.range == nil)
    }

    @Test func `who has something else to be sent first does not just follow the log`() {
        let log = log(["1", "2"])
        var queue = SendQueue()
        queue.answer(control: ServerFrame.ping)
        #expect(queue.following == nil)
        _ = drain(&queue, log)
        #expect(queue.following == log.end)
        queue.begin(with: [LogChunk(text: [1])], covering: .min, cursor: log.end)
        #expect(queue.following == nil)
        queue.begin(with: [], covering: 2, cursor: 0)
        #expect(queue.following == nil, "some of the log is in its snapshot")
        queue.begin(with: [], covering: .min, cursor: 0)
        _ = queue.next(in: log, limit: 1)
        #expect(queue.following == nil, "a frame is half sent")
        queue.end(with: ServerFrame.close(1000))
        _ = drain(&queue, log)
        #expect(queue.following == nil)
    }

    @Test(arguments: [1, 2, 3, 7, 100, 1000])
    func `the bytes are the same however small the pieces`(limit: Int) {
        let texts = (0..<50).map { String(repeating: "y", count: $0 * 7) }
        let log = log(texts)
        var queue = SendQueue()
        #expect(drain(&queue, log, limit: limit).bytes == texts.flatMap(frame))
    }

    @Test func `a control frame never stands within another frame`() {
        let log = log([String(repeating: "z", count: 1000), "next"])
        var queue = SendQueue()
        var bytes: [UInt8] = []
        for turn in 0..<3 {
            guard case .slice(let slice) = queue.next(in: log, limit: 400) else { break }
            bytes += slice.chunk.withBytes(slice.range) { Array($0) }
            if turn == 0 { queue.answer(control: ServerFrame.pong([1])) }
        }
        #expect(bytes == frame(String(repeating: "z", count: 1000)))
        #expect(drain(&queue, log).bytes == ServerFrame.pong([1]) + frame("next"))
    }

    @Test func `a close frame follows what was begun, and nothing follows it`() {
        let log = log([String(repeating: "z", count: 1000), "never"])
        var queue = SendQueue()
        guard case .slice = queue.next(in: log, limit: 400) else { return #expect(Bool(false)) }
        queue.answer(control: ServerFrame.pong([1]))
        queue.end(with: ServerFrame.close(1001, "bye"))
        let rest = drain(&queue, log)
        #expect(rest.bytes == frame(String(repeating: "z", count: 1000)).dropFirst(400) + ServerFrame.close(1001, "bye"))
        #expect(rest.end == "finished")
    }

    @Test func `messages that a snapshot holds already are passed over`() {
        var log = log(["1", "2"])
        var queue = SendQueue()
        // The snapshot is ahead of the log: message 3 is still on its way here.
        queue.begin(with: [LogChunk(text: Array("snapshot of 3".utf8))], covering: 3, cursor: log.end)
        #expect(drain(&queue, log).bytes == frame("snapshot of 3"))
        log.append(text: Array("3".utf8), after: 2, sequence: 3)
        log.append(text: Array("3 again: a new day".utf8), after: 3, sequence: 3)
        log.append(text: Array("4".utf8), after: 3, sequence: 4)
        #expect(drain(&queue, log).bytes == frame("3 again: a new day") + frame("4"))
    }

    @Test func `a client that is too far behind is told so, within a frame only after it`() {
        var log = ByteLog(limit: 100_000)
        let text = Array(String(repeating: "a", count: 40_000).utf8)
        log.append(text: text, after: 0, sequence: 1)
        var behind = SendQueue()
        var within = SendQueue()
        guard case .slice(let first) = within.next(in: log, limit: 10_000) else { return #expect(Bool(false)) }
        var bytes = first.chunk.withBytes(first.range) { Array($0) }
        for sequence in 2...10 { log.append(text: text, after: Int64(sequence - 1), sequence: Int64(sequence)) }
        #expect(drain(&behind, log).end == "lost")
        let rest = drain(&within, log, limit: 10_000)
        bytes += rest.bytes
        #expect(bytes == frame(String(repeating: "a", count: 40_000)))
        #expect(rest.end == "lost")
        #expect(log.end - log.start <= 200_000)
    }

    @Test func `a message larger than the limit is there for those who wait for it`() {
        var log = ByteLog(limit: 1000)
        var queue = SendQueue()
        log.append(text: [1], after: 0, sequence: 1)
        _ = drain(&queue, log)
        log.append(text: Array(repeating: 65, count: 100_000), after: 1, sequence: 2)
        #expect(drain(&queue, log).bytes.count == 100_010)
    }

    @Test func `after a cut nobody is sent what does not follow`() {
        var log = log(["1"])
        var queue = SendQueue()
        _ = drain(&queue, log)
        log.cut()
        log.append(text: [51], after: 2, sequence: 3)
        #expect(drain(&queue, log).end == "lost")
    }

    @Test func `the log's memory is bounded`() {
        var log = ByteLog(limit: 256 * 1024)
        for sequence in 1...5000 {
            log.append(text: Array(repeating: 65, count: 1000), after: Int64(sequence - 1), sequence: Int64(sequence))
        }
        #expect(log.end - log.start <= 256 * 1024 + 2 * 32 * 1024)
        #expect(log.end - log.start >= 256 * 1024)
    }
}

struct TimerWheelTests {
    @Test func `a deadline is noticed when it is past, at most one slot later`() {
        var wheel = TimerWheel<Int>(width: 100, slots: 16, now: 0)
        for key in 0..<50 { wheel.set(key, at: Int64(key * 37)) }
        var due: [Int: Int64] = [:]
        for now in stride(from: Int64(0), through: 3000, by: 10) { for key in wheel.advance(to: now) { due[key] = now } }
        #expect(due.count == 50)
        for (key, now) in due { #expect(now >= Int64(key * 37) && now <= Int64(key * 37) + 110) }
        #expect(wheel.count == 0)
    }

    @Test func `a deadline further than a round waits for its round`() {
        var wheel = TimerWheel<Int>(width: 100, slots: 8, now: 0)
        wheel.set(1, at: 5000)
        var now: Int64 = 0
        while wheel.count > 0 {
            now += 50
            if !wheel.advance(to: now).isEmpty { #expect(now >= 5000 && now <= 5150) }
        }
    }

    @Test func `moving and removing leave nothing behind`() {
        var wheel = TimerWheel<Int>(width: 100, slots: 8, now: 0)
        wheel.set(1, at: 300)
        wheel.set(1, at: 900)
        wheel.set(2, at: 300)
        wheel.remove(2)
        #expect(wheel.advance(to: 600).isEmpty)
        #expect(wheel.advance(to: 1100) == [1])
    }

    @Test func `after a long pause everything due is noticed`() {
        var wheel = TimerWheel<Int>(width: 100, slots: 8, now: 0)
        for key in 0..<100 { wheel.set(key, at: Int64(key * 10)) }
        #expect(wheel.advance(to: 100_000).count == 100)
    }
}
