import Testing

@testable import StreamRelay

@Suite struct `Options for an input` {
    private func options(_ address: String) throws -> InputOptions { InputOptions(try CameraAddress(address)) }

    private func value(_ key: String, _ address: String) throws -> String? {
        try options(address).options.last { $0.0 == key }?.1
    }

    @Test(arguments: [
        ("rtsp://camera/1", "rtsp", "rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto", "rtsp,rtp,sdp,mpegts"),
        ("rtsps://camera/1", "rtsp", "rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto", "rtsp,rtp,sdp,mpegts"),
        ("rtmp://server/live/x", "flv", "rtmp,rtmps,tcp,tls,crypto", "flv,live_flv"),
        ("rtmp-push:hall-key-1", "flv", "none", "flv,live_flv"), ("srt://host:9000", "mpegts", "srt", "mpegts"),
        ("udp://239.0.0.1:5000", "mpegts", "udp", "mpegts"), ("rtp://host:5004", "rtp", "rtp,udp", "rtp,mpegts,sdp"),
    ])
    func `a network input may open its own protocols and formats, never a file`(
        address: String, format: String, protocols: String, formats: String
    ) throws {
        #expect(try options(address).format == format)
        #expect(try value("protocol_whitelist", address) == protocols)
        #expect(try value("format_whitelist", address) == formats)
        #expect(try !options(address).isFile)
    }

    @Test(arguments: [
        "rtsp://camera/1", "rtmp://server/live/x", "srt://host:9000", "udp://239.0.0.1:5000", "/hall.mp4", "rtmp-push:hall-key-1",
    ])
    func `what probing may read is bounded`(address: String) throws {
        #expect(try value("probesize", address) == "5000000")
        #expect(try value("max_streams", address) == "64")
    }

    @Test(arguments: [
        ("rtsp://camera/1", false), ("rtmp://server/live/x", false), ("srt://host:9000", false), ("srt://:9000?mode=listener", true),
        ("udp://239.0.0.1:5000", true), ("rtp://host:5004", true), ("/hall.mp4", false),
    ])
    func `only where the peer connects or sends when it likes is it waited for without end`(address: String, listens: Bool) throws {
        #expect(try options(address).listens == listens)
    }

    @Test func `RTSP goes over TCP unless the address says UDP, which the camera never sees`() throws {
        #expect(try value("rtsp_transport", "rtsp://camera/1?channel=2") == "tcp")
        let udp = try options("rtsp://camera/1?transport=udp&channel=2")
        #expect(udp.url == "rtsp://camera/1?channel=2")
        #expect(udp.options.contains { $0 == ("rtsp_transport", "udp") })
        #expect(
            InputOptions(try CameraAddress("rtsp://camera/1"), rtspTransport: "udp").options.contains { $0 == ("rtsp_transport", "udp") })
    }

    @Test func `UDP gets a queue that drops what does not fit, and the address's own sizes stay`() throws {
        #expect(try options("udp://239.0.0.1:5000").url == "udp://239.0.0.1:5000?fifo_size=50000&overrun_nonfatal=1&buffer_size=2097152")
        let own = try options("udp://239.0.0.1:5000?buffer_size=4096&localaddr=10.0.0.1").url
        #expect(own == "udp://239.0.0.1:5000?buffer_size=4096&localaddr=10.0.0.1&fifo_size=50000&overrun_nonfatal=1")
    }

    @Test(arguments: [
        ("/hall.mp4", "file:/hall.mp4", true), ("./hall.mp4?loop=no", "file:./hall.mp4", false),
        ("file:///hall.mp4", "file:/hall.mp4", true),
        ("file:/hall.mp4?loop=no", "file:/hall.mp4", false),
    ])
    func `a file is looped unless its address says no`(address: String, url: String, loops: Bool) throws {
        let options = try options(address)
        #expect(options.isFile && options.url == url && options.loops == loops)
    }
}
