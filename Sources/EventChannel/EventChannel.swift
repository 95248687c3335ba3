import Commons
import Logging
import Synchronization

/// The WebSocket channel: `/live/{hall}/events`, subprotocol `plenary.v1`, on a port of its own. Tells everybody the same bytes at once.
/// Beside it, where a hall has one, `/live/{hall}/picture`, subprotocol `plenary.picture.v1`: the picture frame by frame.
///
/// A client's first message is the hall's snapshot, or, when its URL says `?epoch=…&after=…` and nothing is missing, the deltas since then (a tick
/// when there are none), then every message that the feed publishes. The channel expects nothing from a client but pongs.
public final class EventChannel: Sendable {
    private struct State {
        var loops: [ChannelLoop] = []
        /// Open halls, each with a number that is new at each opening: messages of an earlier feed of the same name are ignored.
        var halls: [String: (feed: any EventFeed, mark: Int)] = [:]
        var pictures: [String: (feed: any PictureFeed, mark: Int)] = [:]
        var mark = 0
    }

    private let settings: ChannelSettings
    private let logger: Logger
    private let state = Mutex(State())

    public init(settings: ChannelSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    // MARK: life

    /// Starts listening and returns the ports, one per address of the settings. Called once.
    public func start() throws(ChannelError) -> [UInt16] {
        let census = PeerCensus(
            limit: settings.connections, limitPerPeer: settings.connectionsPerAddress, countsLoopback: settings.countsLoopback)
        let isShared = settings.threads > 1
        var addresses = settings.listen
        var loops: [ChannelLoop] = []
        for _ in 0..<max(1, settings.threads) {
            let loop = try ChannelLoop(settings: settings, census: census, logger: logger)
            for index in addresses.indices {
                let listener = try ChannelListener(addresses[index], isShared: isShared, sendBuffer: settings.limits.socketBytes)
                addresses[index].port = listener.port
                loop.listeners.append(listener)
            }
            loops.append(loop)
        }
        loops[0].onTickDue = { [weak self] in self?.tick() }
        let (halls, pictures) = state.withLock { state in
            state.loops = loops
            return (state.halls, state.pictures)
        }
        for (name, hall) in halls { enter(name, hall.feed, hall.mark) }
        for (name, picture) in pictures { enter(picture: name, picture.feed, picture.mark) }
        for loop in loops { loop.start() }
        return addresses.map(\.port)
    }

    /// Tells every client to come back within the retry window, waits for them to leave, and ends the threads. Returns when all is closed.
    public func stop() async {
        let loops = state.withLock { state in
            let loops = state.loops
            state.loops = []
            return loops
        }
        for loop in loops {
            await withCheckedContinuation { continuation in
                loop.post { loop in loop.end { continuation.resume() } }
            }
        }
    }

    /// Reads the certificate files again; new connections use them.
    public func reloadCertificate() { post { $0.reloadCertificate() } }

    // MARK: halls

    /// Opens a hall; before or after `start`. A hall that is open gets the new feed, and its clients a fresh start.
    package func open(_ hall: String, feed: any EventFeed) {
        close(hall)
        let mark = state.withLock { state in
            state.mark += 1
            state.halls[hall] = (feed, state.mark)
            return state.mark
        }
        enter(hall, feed, mark)
    }

    /// Closes a hall: its clients are told to come back within the retry window.
    public func close(_ hall: String) {
        guard state.withLock({ $0.halls.removeValue(forKey: hall) }) != nil else { return }
        post { $0.close(hall: hall) }
    }

    private func enter(_ hall: String, _ feed: any EventFeed, _ mark: Int) {
        guard state.withLock({ !$0.loops.isEmpty }) else { return }
        // The room is there before the first message can come.
        post { $0.open(hall: hall, feed: feed) }
        let begin = feed.observe { [weak self] message in
            guard let self, state.withLock({ $0.halls[hall]?.mark == mark }) else { return }
            post { $0.publish(message, in: hall) }
        }
        post { $0.begin(hall: hall, at: begin.sequence) }
    }

    // MARK: pictures

    /// Opens the picture of a hall; before or after `start`. One that is open gets the new feed, and its clients come back.
    public func open(picture hall: String, feed: any PictureFeed) {
        close(picture: hall)
        let mark = state.withLock { state in
            state.mark += 1
            state.pictures[hall] = (feed, state.mark)
            return state.mark
        }
        enter(picture: hall, feed, mark)
    }

    /// Closes a hall's picture: its clients are told to come back within the retry window.
    public func close(picture hall: String) {
        guard let picture = state.withLock({ $0.pictures.removeValue(forKey: hall) }) else { return }
        picture.feed.cancel()
        post { $0.close(picture: hall) }
    }

    private func enter(picture hall: String, _ feed: any PictureFeed, _ mark: Int) {
        guard state.withLock({ !$0.loops.isEmpty }) else { return }
        post { $0.open(picture: hall, feed: feed) }
        let begin = feed.observe { [weak self] message in
            guard let self, state.withLock({ $0.pictures[hall]?.mark == mark }) else { return }
            post { $0.publish(message, ofPicture: hall) }
        }
        // A message that arrived in the meantime is newer, and the room has it already.
        post { $0.begin(begin, picture: hall) }
    }

    private func tick() {
        for (name, hall) in state.withLock({ $0.halls }) {
            let tick = hall.feed.tick()
            post { $0.publish(tick: tick, in: name) }
        }
    }

    private func post(_ job: @escaping ChannelLoop.Job) {
        for loop in state.withLock({ $0.loops }) { loop.post(job) }
    }

    // MARK: figures

    /// The sum of all threads' counters.
    public func figures() async -> ChannelFigures {
        var sum = ChannelFigures()
        for loop in state.withLock({ $0.loops }) { sum.add(await loop.report()) }
        return sum
    }
}
