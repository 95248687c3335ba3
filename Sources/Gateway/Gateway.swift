internal import CLinux
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The HTTP door: pages, live video, API and control socket. Runs until its service group shuts down gracefully.
public struct Gateway: Service {
    let settings: GatewaySettings
    let control: any HallControl
    let group: MultiThreadedEventLoopGroup
    let logger: Logger
    let onListening: @Sendable ([SocketAddress]) -> Void
    let onSetupCode: @Sendable (String) -> Void
    let onNewCertificate: @Sendable () -> Void

    /// - Parameters:
    ///   - onListening: called once with the TCP addresses really bound, in the order of `settings.listen`, when every door is open.
    ///   - onSetupCode: called before it, with a code that opens the console once, as long as nobody has a token.
    ///   - onNewCertificate: called when changed certificate files were read and can be used.
    package init(
        settings: GatewaySettings, control: any HallControl, group: MultiThreadedEventLoopGroup, logger: Logger,
        onListening: @escaping @Sendable ([SocketAddress]) -> Void = { _ in },
        onSetupCode: @escaping @Sendable (String) -> Void = { _ in }, onNewCertificate: @escaping @Sendable () -> Void = {}
    ) {
        self.settings = settings
        self.control = control
        self.group = group
        self.logger = logger
        self.onListening = onListening
        self.onSetupCode = onSetupCode
        self.onNewCertificate = onNewCertificate
    }

    /// Opens the doors and serves. - Throws: an error that names the address which could not be bound.
    public func run() async throws {
        // One connection is one descriptor: take all the kernel lets us have.
        let files = clinux_raise_open_files()
        let census = ConnectionCensus(limits: settings.limits, openFiles: files > 0 ? Int(clamping: files) : nil)
        let keys = try KeyRing(path: settings.keysPath)
        let routes = Routes(settings: settings, control: control, keys: keys, logger: logger)
        let shared = DoorShared(settings: settings, control: control, logger: logger, census: census, router: routes)
        let doors = try await Doors(shared: shared, group: group)
        routes.attach(doors)
        do {
            let addresses = try await doors.open(group: group)
            shared.listening.store(true, ordering: .sequentiallyConsistent)
            if let code = keys.offerSetupCode() { onSetupCode(code) }
            onListening(addresses)
        } catch {
            await doors.close()
            throw error
        }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(10))
                    if doors.refreshCertificate() { onNewCertificate() }
                }
            }
            try? await gracefulShutdown()
            tasks.cancelAll()
        }
        await doors.close()
    }
}
