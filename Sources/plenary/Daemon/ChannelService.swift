import EventChannel
import Logging
import ServiceLifecycle

/// The event channel as a service: opens its doors, and at the end tells every client when to come back.
struct ChannelService: Service {
    let channel: EventChannel
    let settings: ChannelSettings
    let logger: Logger

    init(settings: ChannelSettings, halls: [(name: String, feed: HallFeed)], logger: Logger) {
        self.settings = settings
        self.logger = logger
        channel = EventChannel(settings: settings, logger: logger)
        for hall in halls { channel.open(hall.name, feed: hall.feed) }
    }

    func run() async throws {
        let ports = try channel.start()
        for (address, port) in zip(settings.listen, ports) { logger.info("events are on \(address.host):\(port)") }
        try? await gracefulShutdown()
        await channel.stop()
    }
}
