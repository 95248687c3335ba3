/// How libavformat opens a camera's address: with which demuxer, protocols, formats and timeouts.
struct InputOptions {
    /// What libav gets; `nil` for an encoder's push, which comes through the link.
    var url: String?
    /// libavformat's demuxer, when the address fixes it.
    var format: String?
    var options: [(String, String)]
    /// The peer decides when the stream begins, so waiting for it is not a failure.
    var listens = false
    /// A file is read in its own time, again and again.
    var isFile = false
    var loops = false

    /// Formats whose demuxers read nothing but the bytes they are given.
    private static let fileFormats = "mov,mp4,m4a,matroska,webm,mpegts,mpeg,flv,avi,mp3,aac,wav,ogg,flac,h264,hevc"

    /// Bytes and tracks that probing may cost (`probesize`, `max_streams`); frame rates are measured by ourselves.
    private static let bounds = [("probesize", "5000000"), ("max_streams", "64"), ("fpsprobesize", "0"), ("max_probe_packets", "2500")]

    /// FLV sends parameters first and often names its tracks wrongly: one second is enough to wait for the second track.
    private static let flvProbe = [("format_whitelist", "flv,live_flv"), ("analyzeduration", "1000000")]

    init(_ address: CameraAddress, rtspTransport: String = "tcp") {
        options = Self.bounds
        var (base, query) = Self.split(address.raw)
        switch address.scheme {
        case .rtsp, .rtsps:
            let transport = query.removeValue("transport") ?? rtspTransport
            url = Self.join(base, query)
            format = "rtsp"
            options += [
                ("rtsp_transport", transport), ("timeout", "5000000"), ("protocol_whitelist", "rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto"),
                ("format_whitelist", "rtsp,rtp,sdp,mpegts"),
            ]
            if transport == "udp" { options += [("reorder_queue_size", "500"), ("buffer_size", "2097152")] }
        case .rtmp, .rtmps:
            url = address.raw
            format = "flv"
            options += [("protocol_whitelist", "rtmp,rtmps,tcp,tls,crypto"), ("rtmp_live", "live")] + Self.flvProbe
        case .rtmpPush:
            url = nil
            format = "flv"
            options += [("protocol_whitelist", "none")] + Self.flvProbe
        case .srt:
            listens = query.contains { $0.0 == "mode" && $0.1 == "listener" }
            url = address.raw
            format = "mpegts"
            options += [("protocol_whitelist", "srt"), ("format_whitelist", "mpegts")]
        case .udp:
            if query.removeValue("fifo_size") == nil { query.append(("fifo_size", "50000")) }
            query.append(("overrun_nonfatal", "1"))
            if !query.contains(where: { $0.0 == "buffer_size" }) { query.append(("buffer_size", "2097152")) }
            url = Self.join(base, query)
            format = "mpegts"
            listens = true
            options += [("protocol_whitelist", "udp"), ("format_whitelist", "mpegts")]
        case .rtp:
            url = address.raw
            format = "rtp"
            listens = true
            options += [("protocol_whitelist", "rtp,udp"), ("format_whitelist", "rtp,mpegts,sdp")]
        case .file:
            loops = query.removeValue("loop") != "no"
            if base.hasPrefix("file://") {
                base.removeFirst("file://".count)
            } else if base.hasPrefix("file:") {
                base.removeFirst("file:".count)
            }
            url = "file:" + base
            isFile = true
            options += [("protocol_whitelist", "file"), ("format_whitelist", Self.fileFormats)]
        case .test:
            url = nil
        }
    }

    /// The query's pairs in their order, not decoded.
    static func split(_ text: String) -> (base: String, query: Query) {
        guard let mark = text.firstIndex(of: "?") else { return (text, []) }
        let pairs = text[text.index(after: mark)...].split(separator: "&").map { pair -> (String, String) in
            guard let equals = pair.firstIndex(of: "=") else { return (String(pair), "") }
            return (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
        }
        return (String(text[..<mark]), pairs)
    }

    typealias Query = [(String, String)]

    private static func join(_ base: String, _ query: Query) -> String {
        query.isEmpty ? base : base + "?" + query.map { $0.1.isEmpty ? $0.0 : "\($0.0)=\($0.1)" }.joined(separator: "&")
    }
}

extension InputOptions.Query {
    /// Removes the first pair of `key` and returns its value.
    mutating func removeValue(_ key: String) -> String? {
        guard let index = firstIndex(where: { $0.0 == key }) else { return nil }
        return remove(at: index).1
    }
}
