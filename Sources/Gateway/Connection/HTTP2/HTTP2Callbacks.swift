internal import CNGHTTP2

/// The functions that nghttp2 calls, and how it is to behave; the same for every connection.
enum HTTP2Callbacks {
    private static func session(_ data: UnsafeMutableRawPointer?) -> HTTP2Session {
        Unmanaged<HTTP2Session>.fromOpaque(data!).takeUnretainedValue()
    }

    /// Copied into each session.
    nonisolated(unsafe) static let table: OpaquePointer = {
        var created: OpaquePointer?
        guard nghttp2_session_callbacks_new(&created) == 0, let table = created else { fatalError("no memory for nghttp2's callbacks") }
        nghttp2_session_callbacks_set_on_begin_headers_callback(table) { _, frame, data in
            session(data).began(frame!)
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(table) { _, _, name, nameCount, value, valueCount, _, data in
            session(data).field(UnsafeBufferPointer(start: name, count: nameCount), UnsafeBufferPointer(start: value, count: valueCount))
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(table) { _, frame, data in
            session(data).received(frame!)
            return 0
        }
        nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(table) { _, _, _, data in
            session(data).receivedInvalid()
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) { _, _, id, bytes, count, data in
            session(data).received(UnsafeRawBufferPointer(start: bytes, count: count), of: id)
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_send_callback(table) { _, frame, data in
            session(data).sent(frame!)
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(table) { _, id, _, data in
            session(data).closed(id)
            return 0
        }
        nghttp2_session_callbacks_set_send_data_callback(table) { _, _, header, length, source, data in
            let stream = Unmanaged<HTTP2Stream>.fromOpaque(source!.pointee.ptr).takeUnretainedValue()
            // Asked again when there is another buffer.
            return session(data).send(header!, length, of: stream) ? 0 : CInt(NGHTTP2_ERR_WOULDBLOCK.rawValue)
        }
        return table
    }()

    /// Says how much of a body goes into the next frame; `send_data` then writes it where it leaves from.
    static let pull: nghttp2_data_source_read_callback = { _, _, _, limit, flags, source, _ in
        let stream = Unmanaged<HTTP2Stream>.fromOpaque(source!.pointee.ptr).takeUnretainedValue()
        switch stream.pull(atMost: limit) {
        case .later: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        case .bytes(let count, let isLast):
            flags!.pointee = NGHTTP2_DATA_FLAG_NO_COPY.rawValue | (isLast ? NGHTTP2_DATA_FLAG_EOF.rawValue : 0)
            return count
        }
    }

    nonisolated(unsafe) static let options: OpaquePointer = {
        var created: OpaquePointer?
        guard nghttp2_option_new(&created) == 0, let options = created else { fatalError("no memory for nghttp2's options") }
        // A window opens when the door has taken the bytes, not when they came.
        nghttp2_option_set_no_auto_window_update(options, 1)
        // The memory of a stream ends with the stream.
        nghttp2_option_set_no_closed_streams(options, 1)
        nghttp2_option_set_builtin_recv_extension_type(options, UInt8(NGHTTP2_PRIORITY_UPDATE.rawValue))
        // Floods: the last two are Debian's patches to 1.52, or upstream's 1.57 and 1.61; a library without them does not link.
        nghttp2_option_set_max_outbound_ack(options, 1_000)
        nghttp2_option_set_max_settings(options, 32)
        nghttp2_option_set_stream_reset_rate_limit(options, 1_000, 33)
        nghttp2_option_set_max_continuations(options, 8)
        return options
    }()
}
