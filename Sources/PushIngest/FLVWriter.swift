import NIOCore

/// Wraps RTMP's messages as FLV tags (Adobe FLV 10.1, annex E), the form in which the relay worker reads them.
struct FLVWriter {
    enum Tag: UInt8 { case audio = 8, video = 9, script = 18 }

    private var hasHeader = false

    /// Appends one tag, and the file's header before the first.
    ///
    /// - Parameter timestamp: milliseconds; its upper eight bits go into TimestampExtended.
    mutating func append(_ tag: Tag, timestamp: UInt32, _ payload: ByteBuffer, to flv: inout ByteBuffer) {
        if !hasHeader {
            hasHeader = true
            // Audio and video may come; a header of 9 bytes; no tag before the first.
            flv.writeString("FLV")
            flv.writeMultipleIntegers(UInt8(1), UInt8(0x05), UInt32(9), UInt32(0))
        }
        let length = UInt32(payload.readableBytes)
        flv.reserveCapacity(minimumWritableBytes: Int(length) + 15)
        flv.writeInteger(tag.rawValue)
        flv.writeUInt24(length)
        flv.writeUInt24(timestamp & 0xFF_FFFF)
        flv.writeInteger(UInt8(timestamp >> 24))
        flv.writeUInt24(0)
        flv.writeImmutableBuffer(payload)
        flv.writeInteger(length + 11)
    }
}
