import Commons
import Logging
import NIOCore

/// The shell of one connection: performs the actions of `PublishSession`, and keeps its deadlines.
final class PushConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limits: PushLimits
    private let ledger: PushLedger
    private let authorize: PushListener.Authorize
    private var logger: Logger
    private var session: PublishSession
    private var sink: (any PushSink)?
    private var isClosing = false
    private var lastMedia = NIODeadline.now()
    /// Who connected, for people: address and port.
    private var peer = ""
    /// The limit that this connection counts against.
    private var key: PeerKey?
    /// The connection was admitted, and must be taken from the census when it ends.
    private var isCounted = false

    init(limits: PushLimits, ledger: PushLedger, logger: Logger, authorize: @escaping PushListener.Authorize) {
        self.limits = limits
        self.ledger = ledger
        self.authorize = authorize
        self.logger = logger
        var random = ByteBuffer()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<(RTMPHandshake.packetLength - 8) / 8 { random.writeInteger(generator.next()) }
        session = PublishSession(random: random)
    }

    func channelActive(context: ChannelHandlerContext) {
        let address = context.remoteAddress?.ipAddress ?? "unknown"
        peer = context.remoteAddress.map { "\(address):\($0.port ?? 0)" } ?? address
        key = PeerKey(context.remoteAddress)
        guard ledger.enter(key) else {
            isClosing = true
            warn("refused: too many connections to the RTMP port", context)
            context.close(promise: nil)
            return
        }
        isCounted = true
        after(limits.publishWithin, context) { connection, context in
            guard !connection.session.isPublishing else { return }
            connection.expire("sent no stream key within \(connection.limits.publishWithin.seconds) s", context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        ledger.count { $0.bytesReceived += UInt64(bytes.readableBytes) }
        guard !isClosing else { return }
        perform(session.received(bytes), context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // Our replies are a few hundred bytes: a peer that leaves tens of thousands unread does not read at all.
        if !context.channel.isWritable, !isClosing { expire("reads none of the replies", context) }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        endSink(why: "left")
        if isCounted { ledger.leave(key) }
        isCounted = false
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("encoder \(peer): \(error)")
        context.close(promise: nil)
    }

    private func perform(_ actions: [PublishSession.Action], _ context: ChannelHandlerContext) {
        for action in actions where !isClosing {
            switch action {
            case .send(let bytes): context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            case .authorize(let key): perform(session.decided(decide(key, context)), context)
            case .media(let flv): feed(flv, context)
            case .finished: endSink(why: "stopped")
            case .close(let closing): close(closing, context)
            }
        }
    }

    private func decide(_ key: String, _ context: ChannelHandlerContext) -> PublishSession.Decision {
        switch authorize(key, peer) {
        case .accept(let sink):
            self.sink = sink
            lastMedia = context.eventLoop.now
            ledger.count {
                $0.accepted += 1
                $0.publishing += 1
            }
            logger.debug("encoder \(peer) sends")
            watchSilence(context)
            return .accepted
        case .busy:
            ledger.count { $0.busy += 1 }
            logger.debug("encoder \(peer) refused: another one sends with its stream key")
            return .busy
        case .unknownKey:
            ledger.count { $0.refusedKeys += 1 }
            logger.debug("encoder \(peer) refused: unknown stream key")
            return .unknownKey
        }
    }

    private func feed(_ flv: ByteBuffer, _ context: ChannelHandlerContext) {
        lastMedia = context.eventLoop.now
        guard let sink, !sink.feed(flv) else { return }
        perform(session.reject("the stream was stopped here, or cannot keep up"), context)
    }

    private func endSink(why: String) {
        guard let ending = sink else { return }
        sink = nil
        ledger.count { $0.publishing -= 1 }
        logger.info("encoder \(peer) \(why) after \(session.bytesReceived) bytes")
        ending.end()
    }
}

// MARK: Ends and deadlines

extension PushConnection {
    private func close(_ closing: PublishSession.Closing, _ context: ChannelHandlerContext) {
        isClosing = true
        switch closing {
        case .refusedKey, .busy:
            // A guess costs a second and one of the connections; what still arrives is discarded.
            after(limits.closeDelay, context) { _, context in context.close(promise: nil) }
        case .fault(let fault):
            ledger.count { $0.faults += 1 }
            warn("disconnected: \(fault)", context)
            endSink(why: "was disconnected")
            guard case .refused = fault else { return context.close(promise: nil) }
            // Closing on an encoder that is still sending would reset the connection before it reads the reason.
            after(limits.closeDelay, context) { _, context in context.close(promise: nil) }
        case .endedByEncoder:
            // The encoder closes the connection itself; rtmp2sink reports an error when we close first.
            after(limits.closeDelay, context) { _, context in context.close(promise: nil) }
        }
    }

    private func expire(_ what: String, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        ledger.count { $0.timeouts += 1 }
        warn("disconnected: it \(what)", context)
        endSink(why: "was disconnected")
        context.close(promise: nil)
    }

    private func warn(_ what: String, _ context: ChannelHandlerContext) {
        guard let omitted = ledger.admitWarning(at: context.eventLoop.now) else { return }
        logger.warning("encoder \(peer) \(what)\(omitted > 0 ? " (\(omitted) such lines before it were left out)" : "")")
    }

    private func watchSilence(_ context: ChannelHandlerContext) {
        let due = lastMedia + limits.silence
        after(due - context.eventLoop.now, context) { connection, context in
            guard connection.sink != nil else { return }
            guard context.eventLoop.now >= connection.lastMedia + connection.limits.silence else {
                connection.watchSilence(context)
                return
            }
            connection.expire("sent neither picture nor sound for \(connection.limits.silence.seconds) s", context)
        }
    }

    private func after(
        _ delay: TimeAmount, _ context: ChannelHandlerContext, _ run: @escaping (PushConnection, ChannelHandlerContext) -> Void
    ) {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
            guard let self, context.channel.isActive else { return }
            run(self, context)
        }
    }
}

extension TimeAmount {
    var seconds: Int64 { nanoseconds / 1_000_000_000 }
}
