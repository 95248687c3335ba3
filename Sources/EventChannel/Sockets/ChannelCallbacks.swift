internal import CWebSockets

// C calls these, always on the loop's thread. They are global functions: a closure would belong to the actor it is written in.

private func loop(_ data: UnsafeMutableRawPointer?) -> ChannelLoop? {
    data.map { Unmanaged<ChannelLoop>.fromOpaque($0).takeUnretainedValue() }
}

func channelWoken(_ handle: UnsafeMutablePointer<uv_async_t>?) { loop(handle?.pointee.data)?.woken() }

func channelTimer(_ handle: UnsafeMutablePointer<uv_timer_t>?) { loop(handle?.pointee.data)?.timerFired() }

func channelAccept(_ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
    guard let data = handle?.pointee.data else { return }
    Unmanaged<ChannelListener>.fromOpaque(data).takeUnretainedValue().accept()
}

/// Nonzero ends the connection.
func channelEvent(
    _ handle: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?, _ input: UnsafeMutableRawPointer?,
    _ count: Int
) -> Int32 {
    switch reason {
    case LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RAW_WRITEABLE, LWS_CALLBACK_RAW_CLOSE: break
    default: return 0
    }
    guard let handle, let loop = loop(lws_context_user(lws_get_context(handle))), let data = lws_get_opaque_user_data(handle) else {
        return 0
    }
    let client = Unmanaged<ChannelClient>.fromOpaque(data).takeUnretainedValue()
    switch reason {
    case LWS_CALLBACK_RAW_RX where !client.isDoomed: loop.received(UnsafeRawBufferPointer(start: input, count: count), from: client)
    case LWS_CALLBACK_RAW_WRITEABLE where !client.isDoomed: loop.writable(client)
    case LWS_CALLBACK_RAW_CLOSE:
        lws_set_opaque_user_data(handle, nil)
        loop.closed(client)
        return 0
    default: break
    }
    return client.isDoomed ? -1 : 0
}
