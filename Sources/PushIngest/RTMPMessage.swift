import NIOCore

/// One RTMP message, put together from its chunks (RTMP 1.0 §6.1).
struct RTMPMessage: Equatable {
    /// RTMP 1.0 §5.4 and §7.1; an unknown kind is kept as its number and ignored.
    struct Kind: RawRepresentable, Hashable {
        let rawValue: UInt8
        static let setChunkSize = Kind(rawValue: 1)
        static let abort = Kind(rawValue: 2)
        static let acknowledgement = Kind(rawValue: 3)
        static let userControl = Kind(rawValue: 4)
        static let windowAcknowledgementSize = Kind(rawValue: 5)
        static let setPeerBandwidth = Kind(rawValue: 6)
        static let audio = Kind(rawValue: 8)
        static let video = Kind(rawValue: 9)
        static let dataAMF3 = Kind(rawValue: 15)
        static let commandAMF3 = Kind(rawValue: 17)
        static let data = Kind(rawValue: 18)
        static let command = Kind(rawValue: 20)
        static let aggregate = Kind(rawValue: 22)

        /// Bytes that a message of this kind may have.
        var limit: Int {
            switch self {
            case .video, .aggregate: RTMPLimits.videoMessage
            case .audio: RTMPLimits.audioMessage
            default: RTMPLimits.commandMessage
            }
        }
    }

    var kind: Kind
    /// Milliseconds, modulo 2³².
    var timestamp: UInt32
    var stream: UInt32
    var payload: ByteBuffer
}
