import NIOCore

/// The server's side of the simple handshake (RTMP 1.0 §5.2): bytes in, what to answer out.
///
/// S1 carries a zero version, so that encoders that prefer the digest handshake (ffmpeg, Flash Media Encoder) continue with the simple one.
struct RTMPHandshake {
    enum Step: Equatable {
        case needMore
        /// S0, S1 and S2.
        case reply(ByteBuffer)
        case done
    }
    private enum State { case awaitingHello, awaitingEcho, done }

    static let packetLength = 1536
    private var state = State.awaitingHello
    private let random: ByteBuffer

    /// - Parameter random: 1,528 bytes for S1. §5.2.3 asks for random bytes; their quality does not matter.
    init(random: ByteBuffer) {
        precondition(random.readableBytes == Self.packetLength - 8)
        self.random = random
    }

    mutating func advance(_ input: inout ByteBuffer) throws(RTMPFault) -> Step {
        switch state {
        case .awaitingHello:
            guard let version = input.getInteger(at: input.readerIndex, as: UInt8.self) else { return .needMore }
            guard version == 3 else { throw .notRTMP(firstByte: version) }
            guard input.readableBytes >= 1 + Self.packetLength else { return .needMore }
            input.moveReaderIndex(forwardBy: 1)
            guard let hello = input.readSlice(length: Self.packetLength) else { return .needMore }
            state = .awaitingEcho
            return .reply(answer(to: hello))
        case .awaitingEcho:
            // C2 should repeat S1; some encoders do not, and it does not matter.
            guard input.readSlice(length: Self.packetLength) != nil else { return .needMore }
            state = .done
            return .done
        case .done:
            return .done
        }
    }

    private func answer(to hello: ByteBuffer) -> ByteBuffer {
        var reply = ByteBuffer()
        reply.reserveCapacity(1 + 2 * Self.packetLength)
        reply.writeInteger(UInt8(3))
        reply.writeInteger(UInt32(0))
        reply.writeInteger(UInt32(0))
        reply.writeImmutableBuffer(random)
        reply.writeImmutableBuffer(hello)
        return reply
    }
}
