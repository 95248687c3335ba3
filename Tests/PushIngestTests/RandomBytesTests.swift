import NIOCore
import Testing

@testable import PushIngest

@Suite struct RandomBytesTests {
    private static let stream: [UInt8] = {
        var bytes = EncoderBytes.opening(key: "some-key-1") + EncoderBytes.metadata()
        for index in 0..<40 {
            let time = 0xFF_FFF0 + UInt32(index) * 2
            bytes += EncoderBytes.video(time, EncoderBytes.pattern(37 * index, from: index))
            bytes += EncoderBytes.audio(time, EncoderBytes.pattern(index, from: 3))
        }
        return bytes + EncoderBytes.message(20, EncoderBytes.text("deleteStream") + EncoderBytes.number(6) + [5] + EncoderBytes.number(1))
    }()

    @Test(arguments: 0..<60) func `however the bytes are split, the FLV is the same`(seed: UInt64) {
        var whole = SessionDriver()
        whole.receive(Self.stream)
        #expect(whole.closing == .endedByEncoder)
        var generator = SeededGenerator(state: seed)
        var pieces = SessionDriver()
        let longest = [1, 3, 17, 200, 5000][Int(seed % 5)]
        pieces.receive(Self.stream) { Int.random(in: 1...longest, using: &generator) }
        #expect(pieces.flv == whole.flv)
        #expect(pieces.closing == whole.closing)
    }

    @Test(arguments: 0..<200) func `garbage behind the handshake never crashes`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        var driver = SessionDriver()
        driver.receive(EncoderBytes.hello + EncoderBytes.echo)
        for _ in 0..<20 { driver.receive((0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }) }
        #expect(driver.flv.readableBytes == 0)
    }

    @Test(arguments: 0..<300) func `a stream with flipped bits never crashes`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        var bytes = Self.stream
        for _ in 0..<(1 + seed % 12) {
            bytes[Int.random(in: 3073..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        }
        var driver = SessionDriver()
        driver.receive(bytes) { Int.random(in: 1...900, using: &generator) }
        #expect(driver.flv.readableBytes <= bytes.count + 64 * 1024)
    }
}
