/// The bytes of frames from the server: never masked (RFC 6455 §5.1), never fragmented.
enum ServerFrame {
    static func headerCount(of payload: Int) -> Int { payload < 126 ? 2 : payload < 65_536 ? 4 : 10 }

    private static let text: UInt8 = 0x81
    private static let binary: UInt8 = 0x82

    /// A whole text message.
    static func whole(text payload: [UInt8]) -> [UInt8] { whole(text, payload) }
    /// A whole binary message.
    static func whole(binary payload: [UInt8]) -> [UInt8] { whole(binary, payload) }

    private static func whole(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let header = headerCount(of: payload.count)
        return [UInt8](unsafeUninitializedCapacity: header + payload.count) { bytes, count in
            let start = UnsafeMutableRawPointer(bytes.baseAddress!)
            _ = writeHeader(kind, of: payload.count, to: start)
            payload.withUnsafeBytes { if let source = $0.baseAddress { (start + header).copyMemory(from: source, byteCount: $0.count) } }
            count = header + payload.count
        }
    }

    /// Writes the header of a whole text message (§5.2) and returns its length.
    static func writeHeader(ofText payload: Int, to bytes: UnsafeMutableRawPointer) -> Int { writeHeader(text, of: payload, to: bytes) }

    private static func writeHeader(_ kind: UInt8, of payload: Int, to bytes: UnsafeMutableRawPointer) -> Int {
        bytes.storeBytes(of: kind, as: UInt8.self)
        switch payload {
        case ..<126: bytes.storeBytes(of: UInt8(payload), toByteOffset: 1, as: UInt8.self)
        case ..<65_536:
            bytes.storeBytes(of: 126, toByteOffset: 1, as: UInt8.self)
            withUnsafeBytes(of: UInt16(payload).bigEndian) { (bytes + 2).copyMemory(from: $0.baseAddress!, byteCount: 2) }
        default:
            bytes.storeBytes(of: 127, toByteOffset: 1, as: UInt8.self)
            withUnsafeBytes(of: UInt64(payload).bigEndian) { (bytes + 2).copyMemory(from: $0.baseAddress!, byteCount: 8) }
        }
        return headerCount(of: payload)
    }

    static let ping: [UInt8] = [0x89, 0]

    static func pong(_ payload: [UInt8]) -> [UInt8] { [0x8A, UInt8(payload.count)] + payload }

    /// The reason is cut to the 123 bytes that fit (§5.5.1), between characters.
    static func close(_ code: UInt16?, _ reason: String = "") -> [UInt8] {
        guard let code else { return [0x88, 0] }
        var text: [UInt8] = []
        for character in reason {
            guard text.count + character.utf8.count <= 123 else { break }
            text += character.utf8
        }
        return [0x88, UInt8(2 + text.count), UInt8(code >> 8), UInt8(code & 0xFF)] + text
    }
}
