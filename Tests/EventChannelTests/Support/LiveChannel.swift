import EventChannel
import Logging

/// A channel on a port of its own, with one hall, `council`.
struct LiveChannel {
    let channel: EventChannel
    let feed: FakeFeed
    let port: UInt16

    static func with<Result>(
        feed: FakeFeed = FakeFeed(), _ adjust: (inout ChannelSettings) -> Void = { _ in }, _ body: (LiveChannel) async throws -> Result
    ) async throws -> Result {
        var settings = ChannelSettings(listen: [.init(host: "127.0.0.1", port: 0)])
        adjust(&settings)
        let channel = EventChannel(settings: settings, logger: Logger(label: "test"))
        channel.open("council", feed: feed)
        let ports = try channel.start()
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body(LiveChannel(channel: channel, feed: feed, port: ports[0]))) } catch {
            outcome = .failure(error)
        }
        await channel.stop()
        return try outcome.get()
    }

    /// Waits until the figures are as told, a minute and more.
    func until(_ condition: (ChannelFigures) -> Bool) async throws {
        for _ in 0..<3000 {
            if condition(await channel.figures()) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw RawClient.Failure(description: "it did not come about: \(await channel.figures())")
    }
}
