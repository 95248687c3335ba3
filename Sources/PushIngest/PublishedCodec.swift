import NIOCore

/// Which codecs of an encoder can be relayed. libavformat 5.1 reads legacy FLV only: neither Enhanced RTMP nor its HEVC.
enum PublishedCodec {
    /// Adobe FLV 10.1 §E.4.3.1: the lower four bits of a video tag's first byte.
    private static let h264: UInt8 = 7

    /// The operator's error message when this video cannot be relayed, else `nil`.
    static func videoFault(_ first: UInt8, _ payload: ByteBuffer) -> String? {
        // Enhanced RTMP v1: the top bit announces a FourCC instead of a codec number.
        if first & 0x80 != 0 {
            let code = payload.getString(at: payload.readerIndex + 1, length: 4) ?? ""
            return refusal(of: ["hvc1": "HEVC (H.265)", "av01": "AV1", "vp09": "VP9"][code] ?? "Enhanced RTMP video")
        }
        let codec = first & 0x0F
        return codec == h264 ? nil : refusal(of: codec == 12 ? "HEVC (H.265)" : "video of FLV codec \(codec)")
    }

    /// The operator's error message when this audio cannot be relayed (§E.4.2.1), else `nil`.
    static func audioFault(_ first: UInt8) -> String? {
        switch first >> 4 {
        case 9: "the encoder sends Enhanced RTMP audio: set it to AAC"
        case 12, 13, 15: "the encoder sends audio of FLV format \(first >> 4): set it to AAC"
        default: nil
        }
    }

    private static func refusal(of codec: String) -> String {
        "the encoder sends \(codec), which is not taken over RTMP: set the encoder to send H.264 (for HEVC use SRT or RTSP)"
    }
}
