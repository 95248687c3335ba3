import Commons
import NIOCore
import NIOPosix

/// At the socket's end of a TCP or Unix connection: counts bytes, detects stalled readers and silent TLS peers, knows the peer. An `HTTP1Wire`
/// that is alone in its pipeline reports to it; else it is a handler of the pipeline itself.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    let door: LoopDoor
    let audience: Audience
    private(set) var peer: SocketAddress?
    /// The peer's user id, on a Unix socket.
    var user: UInt32?
    /// The hall whose playlist this connection asked for last: the approximation of a viewer.
    var viewing: (hall: String, at: NIODeadline)?
    /// The HTTP/1.1 side of this connection while it is there.
    var http1: RequestServer?
    /// The HTTP/2 side, if ALPN chose it.
    var http2: HTTP2Connection?
    /// When the HTTP/1.1 side became idle and was released; `nil` while it is there.
    var restsSince: NIODeadline?
    /// Set while the TLS handshake is not done.
    var isShakingHands: Bool

    private var isHTTP2: Bool { http2 != nil }

    /// Bytes before the end of the first line of the request being read; tells a target that is too long from fields that are.
    var requestLineBytes: Int { line?.byteCount ?? 0 }

    /// Only where the parser reads.
    private var line: RequestLine?
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

    func handlerAdded(context: ChannelHandlerContext) { enter(context) }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    /// - Parameter context: where the connection is looked at and closed; a later one takes the place of an earlier one.
    func enter(_ context: ChannelHandlerContext) {
        let isNew = self.context == nil
        self.context = context
        if isNew { door.arrived(self) }
    }

    /// The channel knows its peer by now, as the same address: one copy is enough.
    func becameActive(_ context: ChannelHandlerContext) { if peer != nil, let known = context.channel.remoteAddress { peer = known } }

    func leave() {
        guard context != nil else { return }
        context = nil
        door.left(self)
        door.shared.census.leave(PeerKey(peer))
    }

    /// Bytes arrived from the socket.
    func received(_ count: Int) { door.counters.bytesIn += UInt64(count) }

    /// Bytes are written to the socket.
    func sent(_ count: Int) {
        written += count
        door.counters.bytesOut += UInt64(count)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received(unwrapInboundIn(data).readableBytes)
        guard let http1 else {
            if isHTTP2 { heardAt = .now() }
            context.fireChannelRead(data)
            return
        }
        http1.bytesArrived()
        let line = line ?? RequestLine()
        self.line = line
        line.current = unwrapInboundIn(data)
        context.fireChannelRead(data)
        line.endRead(isHeader: http1.phase == .header)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        sent(unwrapOutboundIn(data).readableBytes)
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
            if let restsSince, DoorPhase.idle.verdict(after: now - restsSince, limits: limits) == .closeIdle {
                door.counters.idleTimeouts += 1
                context.close(promise: nil)
            }
            http1?.sweep(now: now)
        }
    }

    /// `HTTP2Connection` sends PING and GOAWAY; a live peer acknowledges and closes. This deadline is for peers that do neither.
    private func isOutlived(_ now: NIODeadline, _ limits: DoorLimits) -> Bool {
        if now - heardAt > limits.pingInterval + limits.pingDeadline { return true }
        return limits.connectionAge.map { now - openedAt > $0 + limits.drainDeadline + limits.pingDeadline } ?? false
    }

    func drain() {
        guard restsSince == nil else { return close() }
        http1?.drain()
        http2?.drain()
    }

    func close() { context?.close(promise: nil) }
}

/// Measures the first line of the request that is being read.
private final class RequestLine {
    /// The bytes that the parser is given now.
    var current: ByteBuffer?
    private var earlier = 0
    private var isEnded = false

    var byteCount: Int {
        guard let current else { return earlier }
        return earlier + (isEnded ? 0 : current.readableBytesView.prefix { $0 != UInt8(ascii: "\n") }.count)
    }

    /// Only a header that comes in several reads needs to be remembered.
    func endRead(isHeader: Bool) {
        if isHeader, let current {
            earlier = byteCount
            isEnded = isEnded || current.readableBytesView.contains(UInt8(ascii: "\n"))
        } else {
            earlier = 0
            isEnded = false
        }
        current = nil
    }
}

/// Whether the kernel still accepts bytes for a client, as a pure function of two counts.
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

/// Who may connect to a listener: everybody, or an operator on this machine.
enum Audience: Sendable { case everybody, operators }
