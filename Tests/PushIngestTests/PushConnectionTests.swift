import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import PushIngest

/// Keeps what an encoder sent.
final class KeepingSink: PushSink {
    private let state = Mutex((flv: ByteBuffer(), ends: 0))
    private let capacity: Int

    init(capacity: Int = .max) { self.capacity = capacity }

    var flv: ByteBuffer { state.withLock(\.flv) }
    var ends: Int { state.withLock(\.ends) }

    func feed(_ bytes: ByteBuffer) -> Bool {
        state.withLock {
            $0.flv.writeImmutableBuffer(bytes)
            return $0.flv.readableBytes <= capacity
        }
    }
    func end() { state.withLock { $0.ends += 1 } }
}

@Suite struct PushConnectionTests {
    private let ledger = PushLedger(limits: PushLimits())
    private let sink = KeepingSink()

    private func connect(
        _ limits: PushLimits = PushLimits(), to sink: KeepingSink? = nil, from address: String = "127.0.0.1"
    ) throws -> EmbeddedChannel {
        let target = sink ?? self.sink
        let connection = PushConnection(limits: limits, ledger: ledger, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
            key, _ in
            switch key {
            case "right-key": .accept(target)
            case "taken-key": .busy
            default: .unknownKey
            }
        }
        let channel = EmbeddedChannel(handler: connection)
        try channel.connect(to: SocketAddress(ipAddress: address, port: 1935)).wait()
        return channel
    }

    private func open(_ channel: EmbeddedChannel, key: String) throws {
        try channel.writeInbound(ByteBuffer(bytes: EncoderBytes.opening(key: key)))
    }

    @Test func `a drip that never publishes is closed after ten seconds`() throws {
        let channel = try connect()
        for byte in EncoderBytes.hello.prefix(9) {
            try channel.writeInbound(ByteBuffer(integer: byte))
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(ledger.metrics.timeouts == 1)
        #expect(ledger.metrics.connections == 0)
    }

    @Test func `an encoder that falls silent is closed after ten seconds`() throws {
        let channel = try connect()
        try open(channel, key: "right-key")
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        try channel.writeInbound(ByteBuffer(bytes: EncoderBytes.video(0, [1])))
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        // Bytes that are no picture do not count.
        try channel.writeInbound(ByteBuffer(bytes: EncoderBytes.message(3, [0, 0, 0, 1], chunkStream: 2)))
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(sink.ends == 1)
        #expect(ledger.metrics.publishing == 0)
    }

    @Test(arguments: ["wrong-key", "taken-key"]) func `a refused encoder is closed a second later`(key: String) throws {
        let channel = try connect()
        try open(channel, key: key)
        try channel.writeInbound(ByteBuffer(bytes: EncoderBytes.video(0, [1])))
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!channel.isActive)
        #expect(ledger.metrics.refusedKeys + ledger.metrics.busy == 1)
        #expect(sink.flv.readableBytes == 0)
    }

    @Test func `garbage is closed at once and counted`() throws {
        let channel = try connect()
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
        #expect(!channel.isActive)
        #expect(ledger.metrics.faults == 1)
    }

    @Test func `a sink without room ends the connection`() throws {
        let small = KeepingSink(capacity: 100)
        let channel = try connect(to: small)
        try open(channel, key: "right-key")
        try channel.writeInbound(ByteBuffer(bytes: EncoderBytes.video(0, EncoderBytes.pattern(200))))
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
        #expect(small.ends == 1)
    }

    @Test func `one address holds eight places, and gets them back`() throws {
        var channels = try (0..<8).map { _ in try connect() }
        #expect(try !connect().isActive)
        #expect(ledger.metrics.refusedConnections == 1)
        _ = try channels.removeLast().finish(acceptAlreadyClosed: true)
        #expect(try connect().isActive)
    }

    @Test func `the addresses of one IPv6 network are one`() throws {
        let channels = try (0..<8).map { try connect(from: "2001:db8::\($0)") }
        #expect(try !connect(from: "2001:db8::ffff").isActive)
        #expect(try connect(from: "2001:db8:0:1::1").isActive)
        #expect(channels.allSatisfy { $0.isActive })
    }
}
