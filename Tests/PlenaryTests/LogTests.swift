import Gateway
import Logging
import Synchronization
import Testing

@testable import plenary

@Suite struct `The log` {
    private final class Written: Sendable {
        let lines = Mutex<[String]>([])
        var text: String { lines.withLock { $0.joined() } }
    }

    private func sink(_ written: Written, level: Logger.Level = .info) -> LogSink {
        LogSink(level: level, format: .human) { line in written.lines.withLock { $0.append(line) } }
    }

    @Test func `a line has its time, level and hall, and no secret`() {
        let written = Written()
        var logger = sink(written).logger("relay")
        logger[metadataKey: "hall"] = "council"
        logger.warning("cannot open rtsp://user:geheim@cam/1", metadata: ["try": "3", "key": "rtmp-push:geheim123"])
        #expect(written.text.hasSuffix("Z warning council: cannot open rtsp://…@cam/1 key=rtmp-push:… try=3\n"), "\(written.text)")
    }

    @Test func `a camera cannot break a line in two`() {
        let written = Written()
        sink(written).logger("x").error("a\nfake line\r")
        #expect(written.text.hasSuffix("error   a ⏎ fake line\n"))
    }

    @Test func `the level is changed for every logger at once`() {
        let written = Written()
        let sink = sink(written)
        let logger = sink.logger("x")
        logger.debug("not yet")
        sink.level = .debug
        logger.debug("now")
        #expect(written.lines.withLock { $0.count } == 1)
    }

    @Test func `JSON lines are the API's`() {
        let line = LogLine(at: 1_795_348_800_007, level: "info", hall: "a", message: "b \"c\" /d")
        #expect(LogText.json(line) == #"{"at":1795348800007,"hall":"a","level":"info","message":"b \"c\" /d"}"#)
        #expect(LogText.human(line) == "2026-11-22T12:00:00.007Z info    a: b \"c\" /d")
    }
}

@Suite struct `The last log lines` {
    private func line(_ number: Int) -> LogLine { LogLine(at: Int64(number), level: "info", hall: nil, message: "\(number)") }

    @Test func `only so many are kept, in their order`() {
        let ring = LogRing(capacity: 5)
        for number in 1...12 { ring.append(line(number)) }
        #expect(ring.last(3).map(\.at) == [10, 11, 12])
        #expect(ring.last(99).map(\.at) == [8, 9, 10, 11, 12])
        #expect(ring.last(0).isEmpty)
    }

    @Test func `without following the lines end`() async {
        let ring = LogRing(capacity: 5)
        for number in 1...3 { ring.append(line(number)) }
        var seen: [Int64] = []
        for await line in ring.lines(last: 2, follow: false) { seen.append(line.at) }
        #expect(seen == [2, 3])
    }

    @Test func `a follower gets the past, then each new line, until the end`() async {
        let ring = LogRing(capacity: 5)
        ring.append(line(1))
        let lines = ring.lines(last: 9, follow: true)
        ring.append(line(2))
        ring.finish()
        var seen: [Int64] = []
        for await line in lines { seen.append(line.at) }
        #expect(seen == [1, 2])
    }

    @Test func `a follower that does not keep up misses the oldest`() async {
        let ring = LogRing(capacity: 3)
        let lines = ring.lines(last: 0, follow: true)
        for number in 1...10 { ring.append(line(number)) }
        ring.finish()
        var seen: [Int64] = []
        for await line in lines { seen.append(line.at) }
        #expect(seen == [8, 9, 10])
    }
}
