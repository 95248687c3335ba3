import NIOCore
import Testing

@testable import PushIngest

@Suite struct PublishSessionTests {
    private static let key = "hall-key-0123456789"

    @Test func `the handshake answers with our random bytes and the encoder's own`() {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.hello)
        let expected = [3] + [UInt8](repeating: 0, count: 8) + [UInt8](repeating: 0xA5, count: 1528) + EncoderBytes.hello.dropFirst()
        #expect(driver.sent == ByteBuffer(bytes: expected))
        #expect(driver.closing == nil)
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "\u{16}\u{03}\u{01}", "\u{06}"]) func `what is not RTMP is hung up on at its first byte`(
        text: String
    ) {
        var driver = SessionDriver()
        driver.receive(Array(text.utf8))
        #expect(driver.closing == .fault(.notRTMP(firstByte: text.utf8.first!)))
        #expect(driver.sent.readableBytes == 0)
    }

    @Test(arguments: [
        ("live", key), ("live", "\(key)?token=1&x=/y"), ("live/\(key)", ""), ("live/\(key)/", ""), ("live/", "/\(key)"), ("live?x=1", key),
    ]) func `the key is found wherever an encoder puts it`(application: String, name: String) throws {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.opening(application: application, key: name))
        #expect(driver.keys == [Self.key])
        #expect(try driver.codes() == ["NetConnection.Connect.Success", "NetStream.Publish.Start", "NetStream.Publish.Start"])
    }

    @Test(arguments: [("live", ""), ("live", "a/b"), ("live/a", "b"), ("live", String(repeating: "k", count: 129))])
    func `a key that cannot be one is asked for as an empty one`(application: String, name: String) {
        var driver = SessionDriver(decision: .unknownKey)
        driver.receive(EncoderBytes.opening(application: application, key: name))
        #expect(driver.keys == [""])
        #expect(driver.closing == .refusedKey)
    }

    @Test(arguments: ["", "vod", "live2", "live/a/b"]) func `another application is refused with the address to use`(application: String)
        throws
    {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.opening(application: application, key: Self.key))
        #expect(try driver.codes() == ["NetConnection.Connect.Rejected"])
        #expect(driver.keys.isEmpty)
        #expect(driver.closing != nil)
    }

    @Test func `connect is answered as encoders expect`() throws {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.hello + EncoderBytes.echo + EncoderBytes.connect(application: "live"))
        let replies = try driver.replies()
        // Set Chunk Size is obeyed by the reader itself.
        #expect(replies.map(\.kind) == [.windowAcknowledgementSize, .setPeerBandwidth, .command])
        let result = try AMFReader.all(replies[2].payload)
        #expect(result[0] == .string("_result"))
        #expect(result[1] == .number(1))
    }

    @Test(arguments: [(PublishSession.Decision.unknownKey, PublishSession.Closing.refusedKey), (.busy, .busy)])
    func `a refused key gets BadName`(decision: PublishSession.Decision, closing: PublishSession.Closing) throws {
        var driver = SessionDriver(decision: decision)
        driver.receive(EncoderBytes.opening(key: Self.key) + EncoderBytes.video(0, [1]))
        #expect(try driver.codes().last == "NetStream.Publish.BadName")
        #expect(driver.closing == closing)
        #expect(driver.flv.readableBytes == 0)
    }

    @Test func `pictures, sounds and metadata become FLV with 32-bit timestamps`() {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.opening(key: Self.key) + EncoderBytes.metadata())
        driver.receive(EncoderBytes.video(0x0123_4567, [0xAA]) + EncoderBytes.audio(40, [0xBB]))
        let list =
            [8, 0, 0, 0, 2] + EncoderBytes.name("width") + EncoderBytes.number(1920) + EncoderBytes.name("encoder")
            + EncoderBytes.text("a test")
        let script = EncoderBytes.text("onMetaData") + list + EncoderBytes.objectEnd
        var expected: [UInt8] = [0x46, 0x4C, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]
        expected +=
            [18] + EncoderBytes.big(UInt32(script.count), 3) + [0, 0, 0, 0, 0, 0, 0] + script
            + EncoderBytes.big(UInt32(script.count + 11), 4)
        expected += [9, 0, 0, 6, 0x23, 0x45, 0x67, 0x01, 0, 0, 0, 0x17, 1, 0, 0, 0, 0xAA, 0, 0, 0, 17]
        expected += [8, 0, 0, 3, 0, 0, 40, 0, 0, 0, 0, 0xAF, 1, 0xBB, 0, 0, 0, 14]
        #expect(driver.flv == ByteBuffer(bytes: expected))
    }

    @Test func `an aggregate is taken apart, its times counted from its own`() {
        var driver = SessionDriver()
        let tags: [UInt8] =
            [9, 0, 0, 2, 0, 0, 10, 0, 0, 0, 0, 0x17, 1, 0, 0, 0, 13] + [8, 0, 0, 2, 0, 0, 30, 0, 0, 0, 0, 0xAF, 1, 0, 0, 0, 13]
        driver.receive(EncoderBytes.opening(key: Self.key) + EncoderBytes.message(22, tags, timestamp: 1010, chunkStream: 6, stream: 1))
        let header: [UInt8] = [0x46, 0x4C, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]
        let first: [UInt8] = [9, 0, 0, 2, 0, 0x03, 0xF2, 0, 0, 0, 0, 0x17, 1, 0, 0, 0, 13]
        let second: [UInt8] = [8, 0, 0, 2, 0, 0x04, 0x06, 0, 0, 0, 0, 0xAF, 1, 0, 0, 0, 13]
        #expect(driver.flv == ByteBuffer(bytes: header + first + second))
    }

    @Test(
        arguments: [
            [0x90, 0x68, 0x76, 0x63, 0x31], [0x90, 0x61, 0x76, 0x30, 0x31], [0x1C, 0, 0, 0, 0], [0x12, 0], [0x80],
        ] as [[UInt8]]) func `video other than H.264 is refused with the remedy`(payload: [UInt8]) throws
    {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.opening(key: Self.key) + EncoderBytes.message(9, payload, chunkStream: 6, stream: 1))
        #expect(try driver.codes().last == "NetStream.Publish.Failed")
        guard case .fault(.refused(let reason)) = driver.closing else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("H.264"))
        #expect(driver.flv.readableBytes == 0)
    }

    @Test func `commands in the AMF3 wrapper are AMF0 behind a zero`() throws {
        var driver = SessionDriver()
        let create = EncoderBytes.text("createStream") + EncoderBytes.number(4) + [5]
        driver.receive(
            EncoderBytes.hello + EncoderBytes.echo + EncoderBytes.connect(application: "live") + EncoderBytes.message(17, [0] + create))
        let last = try #require(try driver.replies().last)
        #expect(try AMFReader.all(last.payload) == [.string("_result"), .number(4), .null, .number(1)])
    }

    @Test func `bytes are acknowledged once per window`() throws {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.opening(key: Self.key) + EncoderBytes.message(5, EncoderBytes.big(10_000, 4), chunkStream: 2))
        let before = try driver.replies().count
        for index in 0..<25 { driver.receive(EncoderBytes.video(UInt32(index), EncoderBytes.pattern(990))) }
        let acknowledgements = try driver.replies().dropFirst(before)
        #expect(acknowledgements.allSatisfy { $0.kind == .acknowledgement })
        #expect(acknowledgements.count == 2)
    }

    @Test(arguments: ["FCUnpublish", "deleteStream"]) func `the encoder's end of the stream is reported once`(command: String) {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.opening(key: Self.key) + EncoderBytes.video(0, [1]))
        driver.receive(EncoderBytes.message(20, EncoderBytes.text(command) + EncoderBytes.number(6) + [5] + EncoderBytes.number(1)))
        driver.receive(EncoderBytes.video(40, [2]))
        #expect(driver.isFinished)
        #expect(driver.closing == .endedByEncoder)
        #expect(driver.flv.readableBytes == 13 + 15 + 6)
    }

    @Test func `a player is told to use HTTP`() {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.hello + EncoderBytes.echo + EncoderBytes.connect(application: "live"))
        driver.receive(EncoderBytes.message(20, EncoderBytes.text("play") + EncoderBytes.number(0) + [5] + EncoderBytes.text("x")))
        #expect(driver.closing != nil)
    }

    @Test func `malformed metadata closes the connection and reaches nobody`() {
        var driver = SessionDriver()
        driver.receive(EncoderBytes.opening(key: Self.key))
        driver.receive(
            EncoderBytes.message(
                18, EncoderBytes.text("@setDataFrame") + EncoderBytes.text("onMetaData") + [8, 0, 0, 0, 1, 0, 5], chunkStream: 4))
        #expect(driver.closing != nil)
        #expect(driver.flv.readableBytes == 0)
    }
}
