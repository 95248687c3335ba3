import CNGHTTP2
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Gateway

/// A client of HTTP/2: nghttp2's own client session, in memory.
final class HTTP2Peer {
    struct Answer {
        var fields: [String: String] = [:]
        var body = ByteBuffer()
        var frames = 0
        var isWhole = false
        /// The stream's end: of RST_STREAM, or 0.
        var closedWith: UInt32?

        var status: String? { fields[":status"] }
        var text: String { String(buffer: body) }
    }

    private final class Upload {
        var left: Int
        init(_ count: Int) { left = count }
    }

    private var session: OpaquePointer!
    private var uploads: [Int32: Upload] = [:]
    private(set) var answers: [Int32: Answer] = [:]
    /// Error codes of GOAWAY frames, as they came.
    private(set) var goaways: [UInt32] = []
    private(set) var pings = 0
    /// Bytes of uploads that left.
    private(set) var uploaded = 0

    /// - Parameters:
    ///   - window: of each stream, in bytes.
    ///   - opensWindow: as bytes come; otherwise by `take`.
    init(window: UInt32? = nil, opensWindow: Bool = true) {
        var callbacks: OpaquePointer?
        nghttp2_session_callbacks_new(&callbacks)
        defer { nghttp2_session_callbacks_del(callbacks) }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) { _, frame, name, nameCount, value, valueCount, _, data in
            let me = Unmanaged<HTTP2Peer>.fromOpaque(data!).takeUnretainedValue()
            let name = String(decoding: UnsafeBufferPointer(start: name, count: nameCount), as: UTF8.self)
            me.answers[frame!.pointee.hd.stream_id, default: Answer()].fields[name] = String(
                decoding: UnsafeBufferPointer(start: value, count: valueCount), as: UTF8.self)
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, id, bytes, count, data in
            let me = Unmanaged<HTTP2Peer>.fromOpaque(data!).takeUnretainedValue()
            me.answers[id, default: Answer()].body.writeBytes(UnsafeBufferPointer(start: bytes, count: count))
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, data in
            Unmanaged<HTTP2Peer>.fromOpaque(data!).takeUnretainedValue().received(frame!.pointee)
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, id, code, data in
            let me = Unmanaged<HTTP2Peer>.fromOpaque(data!).takeUnretainedValue()
            me.answers[id, default: Answer()].closedWith = code
            return 0
        }
        var options: OpaquePointer?
        nghttp2_option_new(&options)
        defer { nghttp2_option_del(options) }
        nghttp2_option_set_no_auto_window_update(options, opensWindow ? 0 : 1)
        nghttp2_session_client_new2(&session, callbacks, Unmanaged.passUnretained(self).toOpaque(), options)
        let settings = window.map {
            [nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: $0)]
        }
        nghttp2_submit_settings(session, 0, settings ?? [], settings?.count ?? 0)
    }

    deinit { nghttp2_session_del(session) }

    private func received(_ frame: nghttp2_frame) {
        switch UInt32(frame.hd.type) {
        case NGHTTP2_GOAWAY.rawValue: goaways.append(frame.goaway.error_code)
        case NGHTTP2_PING.rawValue: if frame.hd.flags & 1 == 0 { pings += 1 }
        case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
            answers[frame.hd.stream_id, default: Answer()].frames += 1
            if frame.hd.flags & 1 != 0 { answers[frame.hd.stream_id, default: Answer()].isWhole = true }
        default: break
        }
    }

    /// - Parameters:
    ///   - body: bytes of it; `nil` for a request without one.
    /// - Returns: the stream; negative when none can be opened.
    @discardableResult func ask(
        _ path: String, method: String = "GET", fields: [(String, String)] = [], body: Int? = nil
    ) -> Int32 {
        let all = [(":method", method), (":scheme", "https"), (":authority", "a"), (":path", path)] + fields
        let bytes = all.map { (Array($0.0.utf8), Array($0.1.utf8)) }
        var list: [nghttp2_nv] = []
        var memory: [UnsafeMutablePointer<UInt8>] = []
        func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<UInt8> {
            let pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
            pointer.initialize(from: bytes, count: bytes.count)
            memory.append(pointer)
            return pointer
        }
        for (name, value) in bytes {
            list.append(nghttp2_nv(name: copy(name), value: copy(value), namelen: name.count, valuelen: value.count, flags: 0))
        }
        defer { for pointer in memory { pointer.deallocate() } }
        guard let body else { return nghttp2_submit_request(session, nil, list, list.count, nil, nil) }
        let upload = Upload(body)
        var source = nghttp2_data_provider(
            source: .init(ptr: Unmanaged.passUnretained(upload).toOpaque()),
            read_callback: { _, _, buffer, limit, flags, source, data in
                let upload = Unmanaged<Upload>.fromOpaque(source!.pointee.ptr).takeUnretainedValue()
                let count = min(limit, upload.left)
                UnsafeMutableRawPointer(buffer!).initializeMemory(as: UInt8.self, repeating: 120, count: count)
                upload.left -= count
                Unmanaged<HTTP2Peer>.fromOpaque(data!).takeUnretainedValue().uploaded += count
                if upload.left == 0 { flags!.pointee = NGHTTP2_DATA_FLAG_EOF.rawValue }
                return count
            })
        let id = nghttp2_submit_request(session, nil, list, list.count, &source, nil)
        uploads[id] = upload
        return id
    }

    func reset(_ id: Int32) { nghttp2_submit_rst_stream(session, 0, id, 8) }

    /// Opens the windows by what came on a stream.
    func take(_ id: Int32, _ count: Int) { nghttp2_session_consume(session, id, count) }

    /// Opens the connection's window.
    func openConnection(_ count: Int32) { nghttp2_submit_window_update(session, 0, 0, count) }

    /// What the peer sends now.
    func send() -> ByteBuffer {
        var out = ByteBuffer()
        while true {
            var bytes: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &bytes)
            guard count > 0 else { return out }
            out.writeBytes(UnsafeRawBufferPointer(start: bytes, count: count))
        }
    }

    func receive(_ bytes: ByteBuffer) {
        bytes.withUnsafeReadableBytes {
            _ = nghttp2_session_mem_recv(session, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
    }
}

/// A door's HTTP/2 connection and its client, joined in memory.
struct HTTP2Pair {
    let channel = EmbeddedChannel()
    let door: LoopDoor
    let control = FakeControl()
    let connection: HTTP2Connection
    let peer: HTTP2Peer

    init(_ peer: HTTP2Peer = HTTP2Peer(), limits: DoorLimits = DoorLimits()) throws {
        self.peer = peer
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let settings = GatewaySettings(listen: [], pagesDirectory: "/nowhere", limits: limits, version: "1.2.3")
        let shared = DoorShared(settings: settings, control: control, logger: logger, router: Nowhere())
        door = LoopDoor(loop: channel.embeddedEventLoop, shared: shared)
        connection = HTTP2Connection(door: door, connection: ConnectionHandler(door: door, audience: .everybody, peer: nil, tls: false))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.pipeline.syncOperations.addHandler(connection)
        try run()
    }

    var hall: FakeHall { control.hall }
    var isOpen: Bool { channel.isActive }

    /// Carries bytes both ways until neither side has any. - Returns: how many came from the door.
    @discardableResult func run() throws -> Int {
        var count = 0
        while true {
            channel.embeddedEventLoop.run()
            var isQuiet = true
            let sent = peer.send()
            if sent.readableBytes > 0, isOpen {
                isQuiet = false
                try send(sent)
            }
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
                isQuiet = false
                count += bytes.readableBytes
                peer.receive(bytes)
            }
            if isQuiet { return count }
        }
    }

    /// Bytes that no well-behaved client would send.
    func send(_ bytes: ByteBuffer) throws { _ = try channel.writeInbound(bytes) }

    /// A frame made by hand (RFC 9113 §4.1).
    static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> ByteBuffer {
        var out = ByteBuffer()
        out.writeBytes([UInt8(payload.count >> 16 & 0xff), UInt8(payload.count >> 8 & 0xff), UInt8(payload.count & 0xff), type, flags])
        out.writeInteger(stream)
        out.writeBytes(payload)
        return out
    }
}

private struct Nowhere: RouterBridge {
    func respond(to request: Request, from caller: Caller) async -> Response { Response(status: .notFound) }
}
