internal import CLinux
internal import CWebSockets
import Commons
import Glibc

/// A listening socket of one loop. Connections are counted, and refused over the limit, before anything is allocated for them.
final class ChannelListener {
    /// Connections accepted per turn, so that a flood of them does not delay messages.
    private static let turn = 64

    let port: UInt16
    private let descriptor: Int32
    private let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    /// A spare descriptor: when the process runs out of them it is closed, so that the next connection can be accepted and refused.
    private var spare = dup(0)
    private unowned var loop: ChannelLoop!
    private var isListening = false

    init(_ address: ChannelSettings.Address, isShared: Bool, sendBuffer: Int) throws(ChannelError) {
        var port: UInt16 = 0
        var reason: UnsafePointer<CChar>?
        descriptor = clinux_listen(address.host, address.port, isShared ? 1 : 0, Int32(sendBuffer), &port, &reason)
        self.port = port
        guard descriptor >= 0 else {
            let words = reason.map { String(cString: $0) } ?? "unknown error"
            throw address.port == 0 ? .address(address.host, reason: words) : .listen(address.host, port: address.port, reason: words)
        }
    }

    deinit {
        if spare >= 0 { close(spare) }
        if !isListening { close(descriptor) }
        poll.deallocate()
    }

    func start(on uv: UnsafeMutablePointer<uv_loop_t>, loop: ChannelLoop) {
        self.loop = loop
        isListening = true
        uv_poll_init(uv, poll, descriptor)
        poll.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        uv_poll_start(poll, Int32(UV_READABLE.rawValue), channelAccept)
    }

    /// On the loop's thread.
    func stop() {
        uv_poll_stop(poll)
        uv_close(UnsafeMutableRawPointer(poll).assumingMemoryBound(to: uv_handle_t.self), nil)
        close(descriptor)
    }

    func accept() {
        loop.now = ChannelLoop.clock()
        for _ in 0..<Self.turn {
            var bytes = [UInt8](repeating: 0, count: 16)
            let accepted = clinux_accept(descriptor, &bytes)
            if accepted == -EMFILE || accepted == -ENFILE {
                turnAwayWithSpare()
                break
            }
            if accepted == -EINTR || accepted == -ECONNABORTED { continue }
            guard accepted >= 0 else { break }
            let peer = bytes.withUnsafeBytes { PeerKey($0) }
            guard loop.census.admit(peer) == .admitted else {
                loop.figures.refused += 1
                let answer = loop.settings.certificate == nil ? Self.tooMany : []
                clinux_send_and_close(accepted, answer, UInt(answer.count))
                continue
            }
            loop.adopt(accepted, from: peer)
        }
        loop.endTurn()
    }

    private func turnAwayWithSpare() {
        guard spare >= 0 else { return }
        close(spare)
        var bytes = [UInt8](repeating: 0, count: 16)
        let accepted = clinux_accept(descriptor, &bytes)
        if accepted >= 0 { close(accepted) }
        loop.figures.refused += 1
        spare = dup(0)
    }

    private static let tooMany =
        HTTPRefusal(503, "Too many connections are open: come back in a moment.", fields: ["Retry-After: 10"]).bytes
}
