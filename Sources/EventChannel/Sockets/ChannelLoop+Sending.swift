internal import CWebSockets
import Glibc

extension ChannelLoop {
    /// Sends a hall's clients what is new. Nearly all of them are at the same offset of its log, so the slice is looked up once.
    func sendNews(of room: HallRoom) {
        let end = room.log.end
        var news: (place: Int64, slice: SendQueue.Slice)?
        for client in room.clients where client.stalledSince == nil {
            guard let place = client.queue.following, let handle = client.handle, !client.isDoomed else {
                send(to: client)
                continue
            }
            if news?.place != place { news = room.log.rest(from: place, limit: Self.slice).map { (place, $0) } }
            guard let news, !client.isBlocked else {
                send(to: client)
                continue
            }
            client.queue.follow(from: end)
            if !send(news.slice, to: client, handle) { doom(client) } else if client.isBlocked { awaitSocket(client, handle) }
        }
    }

    /// Writes what is queued for this client until nothing is left or the socket is full.
    func send(to client: ChannelClient) {
        guard let handle = client.handle, let room = client.room, !client.isDoomed else { return }
        while !client.isBlocked {
            switch client.queue.next(in: room.log, limit: Self.slice) {
            case .slice(let slice): guard send(slice, to: client, handle) else { return doom(client) }
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
        awaitSocket(client, handle)
    }

    /// - Returns: `false` when the connection is lost.
    private func send(_ slice: SendQueue.Slice, to client: ChannelClient, _ handle: OpaquePointer) -> Bool {
        guard slice.chunk.withBytes(slice.range, { write($0, to: client, handle) }) else { return false }
        figures.writes += 1
        figures.bytesSent += UInt64(slice.range.count)
        return true
    }

    /// Writes bytes; must not be called while the client is blocked. A plain socket is written to directly: with thousands of clients
    /// libwebsockets' memory is seldom in the cache. libwebsockets buffers what the kernel did not accept, and carries TLS.
    /// - Returns: `false` when the connection is lost.
    func write(_ bytes: UnsafeRawBufferPointer, to client: ChannelClient, _ handle: OpaquePointer) -> Bool {
        var rest = bytes[...]
        if client.socket >= 0 {
            let taken = cws_send(client.socket, bytes.baseAddress, bytes.count)
            if taken == bytes.count { return true }
            // An error is met again by libwebsockets, which reports it.
            rest = rest.dropFirst(max(taken, 0))
        }
        let waiting = UnsafeRawBufferPointer(rebasing: rest)
        guard cws_write(handle, waiting.baseAddress, waiting.count) >= 0 else { return false }
        client.isBlocked = lws_partial_buffered(handle) != 0
        return true
    }

    /// Nothing may be written while libwebsockets buffers bytes: it would buffer these as well.
    private func awaitSocket(_ client: ChannelClient, _ handle: OpaquePointer) {
        lws_callback_on_writable(handle)
        if client.stalledSince == nil {
            client.stalledSince = now
            arm(client)
        }
    }

    /// The kernel accepted what libwebsockets had buffered.
    func writable(_ client: ChannelClient) {
        client.stalledSince = nil
        client.isBlocked = client.handle.map { lws_partial_buffered($0) != 0 } ?? false
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

    /// The hall or the daemon closes: asks the client to reconnect within the retry window.
    func partForNow(_ client: ChannelClient) { part(client, .goingAway, "retryWindow=\(settings.retryWindow)") }

    /// The kernel has our close frame: closes the socket if the client's has arrived, else waits for it.
    private func parted(_ client: ChannelClient, _ handle: OpaquePointer) {
        guard case .parting(let isMutual) = client.phase else { return }
        if isMutual {
            doom(client)
        } else if client.end != .goingAway {
            // A misbehaving client may never answer, but sees our half of the close in any case. Its further input is discarded, so that no reset
            // overtakes the close frame.
            closeOutput(client)
        }
    }

    /// Sends an HTTP response and closes once the client has read it.
    func answer(_ client: ChannelClient, _ refusal: HTTPRefusal) {
        guard let handle = client.handle else { return }
        figures.answered[refusal.status, default: 0] += 1
        if client.end == nil { client.end = .answered }
        client.phase = .answered
        client.since = now
        arm(client)
        guard refusal.bytes.withUnsafeBytes({ write($0, to: client, handle) }) else { return doom(client) }
        if client.isBlocked { lws_callback_on_writable(handle) } else { closeOutput(client) }
    }

    /// Closes only the sending half: a full close with unread bytes resets the connection, and the response is lost (RFC 9112 §9.6). TLS has no
    /// half-close that clients handle.
    private func closeOutput(_ client: ChannelClient) {
        guard settings.certificate == nil, let handle = client.handle else { return }
        shutdown(lws_get_socket_fd(handle), Int32(SHUT_WR))
    }
}
