/// Why an encoder's connection is closed. `description` is a sentence for the operator; it never holds a stream key.
enum RTMPFault: Error, Equatable, CustomStringConvertible {
    case notRTMP(firstByte: UInt8)
    case chunk(String)
    case command(String)
    /// The encoder asked for something that this listener does not support, or sends what cannot be relayed.
    case refused(String)

    var description: String {
        switch self {
        case .notRTMP(let byte):
            "this is not plain RTMP (first byte 0x\(String(byte, radix: 16))): send rtmp:// without encryption to this port"
        case .chunk(let what): "broken RTMP: \(what)"
        case .command(let what): "broken RTMP command: \(what)"
        case .refused(let what): what
        }
    }
}

/// What one connection may hold in memory.
enum RTMPLimits {
    static let chunkStreams = 64
    static let videoMessage = 4 << 20
    static let audioMessage = 256 << 10
    static let commandMessage = 64 << 10
    /// Unfinished messages of all chunk streams together.
    static let unfinished = 8 << 20
    static let keyLength = 128
}
