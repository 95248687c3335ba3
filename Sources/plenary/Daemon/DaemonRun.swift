import EventChannel
import Gateway
import Glibc
import Logging
import NIOCore
import NIOPosix
import PlenaryConfiguration
import ServiceLifecycle
import StreamRelay
import Synchronization

/// One life of the daemon: doors open, streams start, signals are heard, everything ends in order.
struct DaemonRun {
    let config: PlenaryConfig
    let daemon: Daemon
    let stateDirectory: String
    let pages: String
    let manager: ServiceManager
    let signals: SignalWatch

    private var sink: LogSink { daemon.surroundings.sink }

    func run() async throws {
        let logger = sink.logger("daemon")
        let channel = try openChannel()
        let services = ServiceGroup(configuration: configuration(channel, logger))
        let watch = Task { [daemon, manager, signals = signals.signals] in await Self.heed(signals, services, daemon, manager) }
        defer { watch.cancel() }
        do {
            try await services.run()
        } catch {
            await daemon.shutdown()
            await daemon.records.closeAll()
            throw Self.failure(error)
        }
        await daemon.records.closeAll()
        sink.ring.finish()
        logger.notice("stopped")
    }

    /// The channel is open before the pages are: they name its port.
    private func openChannel() throws(CommandFailure) -> EventChannel {
        let logger = sink.logger("events")
        let settings = ChannelSettings(config)
        let channel = EventChannel(settings: settings, logger: logger)
        let ports: [UInt16]
        do { ports = try channel.start() } catch { throw CommandFailure(.temporary, "\(error) (events.listen, PLENARY_EVENTS_LISTEN)") }
        for (address, port) in zip(settings.listen, ports) { logger.info("votes are sent on \(address.host):\(port)") }
        daemon.serve(channel, at: ChannelPlace(config, port: Int(ports.first ?? 0)))
        return channel
    }

    /// Shut down from the last to the first: encoders, viewers and listeners leave before the relays do; the records are closed after all.
    private func configuration(_ channel: EventChannel, _ logger: Logger) -> ServiceGroupConfiguration {
        let gateway = Gateway(
            settings: GatewaySettings(config, stateDirectory: stateDirectory, pages: pages), control: daemon,
            group: MultiThreadedEventLoopGroup.singleton, logger: sink.logger("gateway"),
            onListening: { [config, sink, manager] in Self.announce($0, config, sink, manager) },
            // For the one who started it: the log is read by others too.
            onSetupCode: { writeOut("The console opens once with the code \($0)\n") },
            onNewCertificate: { channel.reloadCertificate() })
        var services: [any Service] = [
            RelayService(daemon: daemon), ChannelService(channel: channel), gateway,
            HallSystemService(daemon: daemon, logger: sink.logger("hall-system")), DemoService(daemon: daemon, logger: sink.logger("demo")),
        ]
        if let address = config.rtmpListen { services.append(PushService(address: address, daemon: daemon, logger: sink.logger("rtmp"))) }
        return ServiceGroupConfiguration(services: services.map { .init(service: $0) }, logger: Self.quiet(logger))
    }

    /// The service group's own words are of no use to an operator.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }

    private static func announce(_ bound: [SocketAddress], _ config: PlenaryConfig, _ sink: LogSink, _ manager: ServiceManager) {
        let logger = sink.logger("daemon")
        let port = bound.first?.port ?? config.listen.port
        for address in bound { logger.info("listening on \(address.ipAddress ?? "?"):\(address.port ?? 0)") }
        let place = PublicPlace(config, port: port)
        writeOut("Plenary is on \(place.page)\n")
        manager.ready("serving \(config.halls.count) halls on \(place.root)")
        logger.notice("ready: \(place.root)", metadata: nil)
    }

    private static func heed(_ signals: AsyncStream<Int32>, _ services: ServiceGroup, _ daemon: Daemon, _ manager: ServiceManager) async {
        let logger = daemon.surroundings.sink.logger("daemon")
        var isLeaving = false
        for await number in signals {
            switch number {
            case SIGHUP:
                // The report and the faults are in the log.
                _ = try? await daemon.reload()
            case _ where isLeaving:
                logger.warning("asked to stop again: leaving at once")
                exit(128 + number)
            default:
                isLeaving = true
                logger.notice("stopping: streams are ended and requests under way are answered; ask again to leave at once")
                manager.stopping()
                daemon.surroundings.sink.ring.finish()
                await services.triggerGracefulShutdown()
            }
        }
    }

    private static func failure(_ error: any Error) -> CommandFailure {
        if let failure = error as? CommandFailure { return failure }
        let code = (error as? IOError)?.errnoCode
        if code == EACCES { return CommandFailure(.permission, "\(error): ports below 1024 need root or CAP_NET_BIND_SERVICE") }
        return CommandFailure(.temporary, "\(error)")
    }
}

/// The relays as a service: begins the automatic ones, ends all.
struct RelayService: Service {
    let daemon: Daemon

    func run() async throws {
        daemon.startAutomatic()
        try? await gracefulShutdown()
        await daemon.shutdown()
    }
}

/// What people type to reach the pages.
struct PublicPlace: Equatable {
    var root: String
    /// The page of the first hall.
    var page: String

    init(_ config: PlenaryConfig, port: Int) {
        let scheme = config.tls == nil ? "http" : "https"
        let host = config.listen.isAnyAddress ? Self.hostName() : config.listen.host
        let isUsual = (config.tls == nil && port == 80) || (config.tls != nil && port == 443)
        let shown = host.contains(":") ? "[\(host)]" : host
        root = "\(scheme)://\(shown)\(isUsual ? "" : ":\(port)")/"
        page = config.halls.count == 1 ? "\(root)halls/\(config.halls[0].name)" : root
    }

    private static func hostName() -> String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension ChannelPlace {
    init(_ config: PlenaryConfig, port: Int) {
        if let address = config.events.publicURL {
            self = .address(address)
        } else {
            self = config.behindProxy ? .behindProxy : .port(port, secure: config.tls != nil)
        }
    }
}

extension ChannelSettings {
    init(_ config: PlenaryConfig) {
        let address = config.events.listen
        // libuv is given numbers, no names.
        self.init(
            listen: [Address(host: address.host == "localhost" ? "127.0.0.1" : address.host, port: UInt16(clamping: address.port))],
            certificate: config.tls.map { Certificate(chainPath: $0.certificate, keyPath: $0.key) })
        origins = config.events.origins
        threads = config.events.threads
        connections = config.limits.connections
        // A front proxy is one address for everybody.
        connectionsPerAddress = config.behindProxy ? config.limits.connections : config.limits.connectionsPerAddress
        countsLoopback = config.limits.countLoopback
    }
}

extension GatewaySettings {
    init(_ config: PlenaryConfig, stateDirectory: String, pages: String) {
        var limits = DoorLimits()
        limits.connections = config.limits.connections
        // A front proxy is one address for everybody.
        limits.connectionsPerAddress = config.behindProxy ? config.limits.connections : config.limits.connectionsPerAddress
        limits.countsLoopback = config.limits.countLoopback
        self.init(
            listen: [Address(host: config.listen.host, port: config.listen.port)],
            certificate: config.tls.map { Certificate(chainPath: $0.certificate, keyPath: $0.key) },
            controlSocket: ControlSocket(path: StatePlace.socket(in: stateDirectory), group: config.controlGroup),
            pagesDirectory: pages, limits: limits, accessLog: config.log.access, corsOrigins: config.corsOrigins,
            embedParents: config.embedParents, keysPath: "\(stateDirectory)/keys.json", behindProxy: config.behindProxy,
            version: programVersion)
    }
}
