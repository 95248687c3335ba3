import EventChannel
import ServiceLifecycle

/// The event channel as a service: at the end every client is told when to come back.
struct ChannelService: Service {
    let channel: EventChannel

    func run() async throws {
        try? await gracefulShutdown()
        await channel.stop()
    }
}
