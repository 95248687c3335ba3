import Commons
import NIOCore
import NIOPosix

/// At the socket's end of every TCP or Unix connection: counts bytes, notices stalled readers and silent TLS peers, knows who it is.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    let door: LoopDoor
    let audience: Audience
    let peer: SocketAddress?
    /// Who opened it, on a Unix socket.
    var user: UInt32?
    /// The hall whose playlist this connection asked for last: the approximation of a viewer.
    var viewing: (hall: String, at: NIODeadline)?
    /// The HTTP/1.1 side of this connection while it is there.
    var http1: RequestServer?
    /// The HTTP/2 side of it, where ALPN chose that.
    var http2: HTTP2Connection?
    /// Set while the TLS handshake is not done.
    var isShakingHands: Bool

    private var isHTTP2: Bool { http2 != nil }

    /// Bytes before the end of the first line of the request being read; tells a target that is too long from fields that are.
    var requestLineBytes: Int {
        guard let current else { return lineBytes }
        return lineBytes + (lineEnded ? 0 : current.readableBytesView.prefix { $0 != UInt8(ascii: "\n") }.count)
    }

    private var current: ByteBuffer?
    private var lineBytes = 0
    private var lineEnded = false
    private(set) var heardAt = NIODeadline.now()
    private var context: ChannelHandlerContext?
    private let openedAt = NIODeadline.now()
    private var written = 0
    private var progress = WriteProgress()

    init(door: LoopDoor, audience: Audience, peer: SocketAddress?, tls: Bool) {
        self.door = door
        self.audience = audience
        self.peer = peer
        isShakingHands = tls
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        door.arrived(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        door.left(self)
        door.shared.census.leave(PeerKey(peer))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        door.counters.bytesIn += UInt64(unwrapInboundIn(data).readableBytes)
        guard let http1 else {
            if isHTTP2 { heardAt = .now() }
            context.fireChannelRead(data)
            return
        }
        http1.bytesArrived()
        current = unwrapInboundIn(data)
        context.fireChannelRead(data)
        // Only a header that comes in several reads needs to be remembered.
        if http1.phase == .header, let current {
            lineBytes = requestLineBytes
            lineEnded = lineEnded || current.readableBytesView.contains(UInt8(ascii: "\n"))
        } else {
            lineBytes = 0
            lineEnded = false
        }
        current = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let count = unwrapOutboundIn(data).readableBytes
        written += count
        door.counters.bytesOut += UInt64(count)
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A peer that closed its half sends no window updates and acknowledges no PING: HTTP/2 is over. HTTP/1.1 decides for itself.
        if isHTTP2 || isShakingHands, event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset or a broken pipe: the peer is gone, so no answer can be sent.
        context.fireErrorCaught(error)
    }

    func sweep(now: NIODeadline) {
        guard let context else { return }
        let limits = door.shared.limits
        if isShakingHands {
            if now - openedAt > limits.tlsDeadline {
                door.counters.tlsTimeouts += 1
                context.close(promise: nil)
            }
            return
        }
        if isHTTP2, isOutlived(now, limits) {
            door.counters.silentPeers += 1
            context.close(promise: nil)
            return
        }
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if progress.isStalled(written: written, waiting: waiting, now: now, limit: limits.stallDeadline) {
            door.counters.stalledReaders += 1
            context.close(promise: nil)
        } else if let http2 {
            http2.sweep(now: now)
        } else if waiting == 0 {
            http1?.sweep(now: now)
        }
    }

    /// `HTTP2Connection` sends PING and GOAWAY; a live peer acknowledges and closes. This deadline is for peers that do neither.
    private func isOutlived(_ now: NIODeadline, _ limits: DoorLimits) -> Bool {
        if now - heardAt > limits.pingInterval + limits.pingDeadline { return true }
        return limits.connectionAge.map { now - openedAt > $0 + limits.drainDeadline + limits.pingDeadline } ?? false
    }

    func drain() {
        http1?.drain()
        http2?.drain()
    }

    func close() { context?.close(promise: nil) }
}

/// Whether the kernel still takes bytes for a client: a pure watch over two numbers.
struct WriteProgress {
    private var taken = 0
    private var since: NIODeadline?

    /// - Parameters:
    ///   - written: bytes given to the channel so far.
    ///   - waiting: of those, the ones the kernel has not taken.
    mutating func isStalled(written: Int, waiting: Int, now: NIODeadline, limit: TimeAmount) -> Bool {
        guard waiting > 0 else {
            since = nil
            return false
        }
        guard let since, written - waiting == taken else {
            taken = written - waiting
            since = now
            return false
        }
        return now - since > limit
    }
}

/// Who stands before a door: the world, or an operator on this machine.
enum Audience: Sendable { case everybody, operators }
