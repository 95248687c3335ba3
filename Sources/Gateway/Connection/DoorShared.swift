import Logging
import NIOCore
import Synchronization

/// What every loop and connection of the door shares.
final class DoorShared: Sendable {
    let settings: GatewaySettings
    let control: any HallControl
    let logger: Logger
    let census: ConnectionCensus
    let playlists = GzipCache()
    let heldRequests = Atomic<Int>(0)
    let draining = Atomic<Bool>(false)
    let listening = Atomic<Bool>(false)
    /// Answers what is not live video: Hummingbird's router.
    let router: any RouterBridge

    init(
        settings: GatewaySettings, control: any HallControl, logger: Logger, census: ConnectionCensus? = nil,
        router: any RouterBridge
    ) {
        self.settings = settings
        self.control = control
        self.logger = logger
        self.census = census ?? ConnectionCensus(limits: settings.limits)
        self.router = router
    }

    var limits: DoorLimits { settings.limits }
}
