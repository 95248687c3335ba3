internal import CNGHTTP2
import NIOCore
import NIOHTTP1

/// nghttp2's side of one connection: frames in, requests out to the streams; answers in, frames out. nghttp2 and its pointers are known here and
/// in `HTTP2Callbacks` only. It is called from nothing that it calls, save for `respond`, `resume`, `reset` and `end`.
final class HTTP2Session {
    /// nghttp2 and the peer's limit agree on this for one DATA frame (RFC 9113 §4.2), header included.
    static let frameBytes = 16_384 + 9

    enum ErrorCode: UInt32 {
        case noError = 0
        case cancel = 8
        case enhanceYourCalm = 11
    }

    unowned let connection: HTTP2Connection
    private(set) var streams: [Int32: HTTP2Stream] = [:]
    private var session: OpaquePointer
    /// The header that is being read.
    private var request: HTTP2RequestHeader?
    /// The stream that it opens.
    private var opening: HTTP2Stream?
    private var allowance: FloodAllowance
    private let limits: DoorLimits
    private let scratch: HTTP2Scratch
    /// Streams whose queues have room again.
    private var relieved: [HTTP2Stream] = []
    /// The peer was told that the end comes, and of the last stream that is answered.
    private var isEndAnnounced = false
    private var isEnded = false
    /// A GOAWAY for a fault went out.
    private var isTerminated = false
    /// Bytes broke the protocol, or nghttp2 has no memory: nothing more comes of it.
    private(set) var isBroken = false

    /// - Returns: `nil` when there is no memory for it.
    init?(_ connection: HTTP2Connection, limits: DoorLimits, scratch: HTTP2Scratch, at now: NIODeadline) {
        self.connection = connection
        self.limits = limits
        self.scratch = scratch
        allowance = FloodAllowance(at: now)
        var created: OpaquePointer?
        guard nghttp2_session_server_new2(&created, HTTP2Callbacks.table, nil, HTTP2Callbacks.options) == 0, let created else { return nil }
        session = created
        nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue), value: UInt32(limits.streamsPerConnection)),
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: UInt32(limits.headerBytes)),
            // Priorities as RFC 9218 has them; the tree of RFC 7540 costs memory and time and no browser asks for it any more.
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES.rawValue), value: 1),
        ]
        nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), settings, settings.count)
    }

    deinit { nghttp2_session_del(session) }

    // MARK: Bytes

    /// Reads what the peer sent.
    func read(_ bytes: ByteBuffer) {
        guard !isBroken else { return }
        let read = bytes.withUnsafeReadableBytes {
            nghttp2_session_mem_recv(session, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
        }
        if read < 0 { isBroken = true }
    }

    /// The next frames, until `bytes` is nearly full; empty when there is nothing to send.
    func write(to bytes: inout ByteBuffer) {
        // nghttp2 still has what the streams were to send, and they are gone.
        guard !isBroken else { return }
        swap(&scratch.output, &bytes)
        defer { swap(&scratch.output, &bytes) }
        while scratch.output.writableBytes >= Self.frameBytes {
            var frame: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &frame)
            guard count > 0, let frame else {
                if count < 0 { isBroken = true }
                return
            }
            scratch.output.writeBytes(UnsafeRawBufferPointer(start: frame, count: count))
        }
    }

    /// Nothing is to be read or sent any more: the connection can close.
    var isDone: Bool {
        if isBroken { return true }
        guard nghttp2_session_want_write(session) == 0 else { return false }
        return isTerminated || (isEnded && streams.isEmpty) || nghttp2_session_want_read(session) == 0
    }

    /// Streams that may be written to again, told once.
    func takeRelieved() -> [HTTP2Stream] {
        guard !relieved.isEmpty else { return [] }
        defer { relieved = [] }
        return relieved
    }

    // MARK: Answers

    /// - Parameter isAll: no body follows.
    func respond(_ head: HTTP2Stream.Head, on stream: HTTP2Stream, isAll: Bool) {
        scratch.withFields(of: head) { fields in
            guard !isAll else {
                nghttp2_submit_response(session, stream.id, fields.baseAddress, fields.count, nil)
                return
            }
            // The pointer lives as long as the stream in `streams`, which is as long as nghttp2 knows it.
            var source = nghttp2_data_provider(
                source: .init(ptr: Unmanaged.passUnretained(stream).toOpaque()), read_callback: HTTP2Callbacks.pull)
            nghttp2_submit_response(session, stream.id, fields.baseAddress, fields.count, &source)
        }
    }

    func resume(_ stream: HTTP2Stream) { nghttp2_session_resume_data(session, stream.id) }

    func reset(_ stream: HTTP2Stream, _ code: ErrorCode) {
        nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue)
    }

    // MARK: The connection

    /// Sends a PING.
    func ping() { nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil) }

    /// Tells the peer to open no more streams; those that it opened before it knows are answered (RFC 9113 §6.8).
    func announceEnd() {
        isEndAnnounced = true
        nghttp2_submit_shutdown_notice(session)
        ping()
    }

    /// The last stream that is answered is the last that came.
    private func end() {
        guard !isEnded else { return }
        isEnded = true
        let last = nghttp2_session_get_last_proc_stream_id(session)
        nghttp2_submit_goaway(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, ErrorCode.noError.rawValue, nil, 0)
    }

    /// The channel is closed: ends all streams.
    func endStreams() {
        isBroken = true
        for stream in streams.values { stream.ended() }
        streams = [:]
        relieved = []
        request = nil
        opening = nil
    }

    private func spend() {
        guard !allowance.take(at: .now()) else { return }
        nghttp2_session_terminate_session(session, ErrorCode.enhanceYourCalm.rawValue)
    }
}

// MARK: What nghttp2 tells

extension HTTP2Session {
    func began(_ frame: UnsafePointer<nghttp2_frame>) {
        request = HTTP2RequestHeader(limit: limits.headerBytes)
        opening = nil
        // The fields of a trailer are read, within the same limit, and forgotten.
        guard frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else { return }
        let id = Self.header(frame).stream_id
        let stream = connection.makeStream(id)
        if streams.isEmpty { connection.openedFirst() }
        streams[id] = stream
        opening = stream
    }

    /// - Returns: what nghttp2 is to do.
    func field(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> CInt {
        guard request?.take(name, value) == false else { return 0 }
        // Far more than can be meant: what is packed into a few bytes would be unpacked for ever (RFC 9113 §10.5.1).
        nghttp2_session_terminate_session(session, ErrorCode.enhanceYourCalm.rawValue)
        request = nil
        return CInt(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    }

    func received(_ frame: UnsafePointer<nghttp2_frame>) {
        let header = Self.header(frame)
        let isEnd = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue:
            if let request, let opening { received(request, on: opening) }
            request = nil
            opening = nil
            if isEnd { streams[header.stream_id]?.receivedEnd() }
        case NGHTTP2_DATA.rawValue:
            if isEnd { streams[header.stream_id]?.receivedEnd() } else if header.length == 0 { spend() }
        case NGHTTP2_PING.rawValue:
            if header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 { spend() } else if isEndAnnounced { end() }
        case NGHTTP2_SETTINGS.rawValue:
            if header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 { spend() }
        case NGHTTP2_PRIORITY_UPDATE.rawValue: spend()
        default: break
        }
    }

    private func received(_ request: HTTP2RequestHeader, on stream: HTTP2Stream) {
        // Of a target that is too long `RequestServer` says so itself.
        if request.isTooLarge, request.path.utf8.count <= limits.targetBytes {
            stream.failed(RequestFault(status: 431, sentence: "the request's header fields are larger than \(limits.headerBytes) bytes"))
        } else {
            stream.received(request.head)
        }
    }

    func receivedInvalid() { spend() }

    func received(_ bytes: UnsafeRawBufferPointer, of id: Int32) {
        if let stream = streams[id], stream.received(body: ByteBuffer(bytes: bytes)) {
            nghttp2_session_consume(session, id, bytes.count)
        } else {
            // The other streams' bodies share the connection's window.
            nghttp2_session_consume_connection(session, bytes.count)
        }
    }

    func sent(_ frame: UnsafePointer<nghttp2_frame>) {
        let header = Self.header(frame)
        switch UInt32(header.type) {
        case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue:
            if header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 { streams[header.stream_id]?.sentEnd() }
        case NGHTTP2_RST_STREAM.rawValue:
            // A peer can make us reset its streams as fast as it could itself.
            if frame.pointee.rst_stream.error_code != ErrorCode.noError.rawValue { spend() }
        case NGHTTP2_GOAWAY.rawValue: if frame.pointee.goaway.error_code != ErrorCode.noError.rawValue { isTerminated = true }
        default: break
        }
    }

    func closed(_ id: Int32) {
        guard let stream = streams.removeValue(forKey: id) else { return }
        if opening === stream {
            opening = nil
            request = nil
        }
        stream.ended()
        if streams.isEmpty { connection.closedLast() }
    }

    /// - Returns: whether there was room for the frame.
    func send(_ header: UnsafePointer<UInt8>, _ length: Int, of stream: HTTP2Stream) -> Bool {
        guard scratch.output.writableBytes >= 9 + length else { return false }
        scratch.output.writeBytes(UnsafeRawBufferPointer(start: header, count: 9))
        if length > 0, stream.move(length, to: &scratch.output) { relieved.append(stream) }
        return true
    }

    private static func header(_ frame: UnsafePointer<nghttp2_frame>) -> nghttp2_frame_hd {
        UnsafeRawPointer(frame).load(as: nghttp2_frame_hd.self)
    }
}
