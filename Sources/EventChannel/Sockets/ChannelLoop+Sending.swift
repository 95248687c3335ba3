internal import CWebSockets
import Glibc

extension ChannelLoop {
    /// Hands the socket what waits for this client, until there is no more or the socket is full.
    func send(to client: ChannelClient) {
        guard let handle = client.handle, let room = client.room, !client.isDoomed else { return }
        while lws_partial_buffered(handle) == 0 {
            switch client.queue.next(in: room.log, limit: Self.slice) {
            case .slice(let slice):
                let result = slice.chunk.withBytes(slice.range) { cws_write(handle, $0.baseAddress, $0.count) }
                guard result >= 0 else { return doom(client) }
                figures.writes += 1
                figures.bytesSent += UInt64(slice.range.count)
            case .nothing:
                client.stalledSince = nil
                client.catchUpBy = nil
                return
            case .lost:
                guard room.recover(client, now: now) == .replaced else {
                    figures.skipped += 1
                    continue
                }
                figures.replaced += 1
                if client.catchUpBy == nil {
                    client.catchUpBy = now + settings.limits.catchUpDeadline
                    arm(client)
                }
            case .finished:
                client.stalledSince = nil
                return parted(client, handle)
            }
        }
        // Never write while libwebsockets keeps bytes: it would keep these, too.
        lws_callback_on_writable(handle)
        if client.stalledSince == nil {
            client.stalledSince = now
            arm(client)
        }
    }

    /// The socket took what libwebsockets had kept.
    func writable(_ client: ChannelClient) {
        client.stalledSince = nil
        if client.room != nil { send(to: client) } else if case .answered = client.phase { closeOutput(client) }
        endTurn(within: client)
    }

    // MARK: parting

    /// Ends the conversation with a close frame (RFC 6455 §7).
    func part(_ client: ChannelClient, _ code: CloseCode, _ reason: String) {
        part(client, frame: ServerFrame.close(code.rawValue, reason), isMutual: false, end: ChannelEnd(code))
    }

    func part(_ client: ChannelClient, frame: [UInt8], isMutual: Bool, end: ChannelEnd?) {
        client.end = end
        client.phase = .parting(isMutual: isMutual)
        client.since = now
        client.queue.end(with: frame)
        arm(client)
        if client.stalledSince == nil { send(to: client) }
    }

    /// The hall or the daemon goes: come back within the window.
    func partForNow(_ client: ChannelClient) { part(client, .goingAway, "retryWindow=\(settings.retryWindow)") }

    /// Our close frame is with the kernel: the socket closes when the client's came, else waits for it.
    private func parted(_ client: ChannelClient, _ handle: OpaquePointer) {
        guard case .parting(let isMutual) = client.phase else { return }
        if isMutual {
            doom(client)
        } else if client.end != .goingAway {
            // A client at fault may never answer; this end of ours it sees in any case. What it still sends is thrown away, so that no reset
            // overtakes the close frame.
            closeOutput(client)
        }
    }

    /// Says an HTTP answer and closes, once the client has read it.
    func answer(_ client: ChannelClient, _ refusal: HTTPRefusal) {
        guard let handle = client.handle else { return }
        figures.answered[refusal.status, default: 0] += 1
        if client.end == nil { client.end = .answered }
        client.phase = .answered
        client.since = now
        arm(client)
        guard refusal.bytes.withUnsafeBytes({ cws_write(handle, $0.baseAddress, $0.count) }) >= 0 else { return doom(client) }
        if lws_partial_buffered(handle) == 0 { closeOutput(client) } else { lws_callback_on_writable(handle) }
    }

    /// Half a close: a whole one with unread bytes would reset the answer away (RFC 9112 §9.6). TLS has no such thing that clients like.
    private func closeOutput(_ client: ChannelClient) {
        guard settings.certificate == nil, let handle = client.handle else { return }
        shutdown(lws_get_socket_fd(handle), Int32(SHUT_WR))
    }
}
