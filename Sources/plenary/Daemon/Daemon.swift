import Commons
import EventChannel
import Gateway
import Logging
import PlenaryConfiguration
import StreamRelay
import Synchronization

/// The halls and their relays, as the door and the signals see them.
final class Daemon: HallControl {
    /// What a relay is made with, besides its hall's settings.
    struct Surroundings: Sendable {
        var stateDirectory: String
        var executable: String
        /// Folder of the shipped pictures.
        var pictures: String
        /// Folder of the countries' voting rules.
        var rules: String
        /// Reads the configuration as it is now.
        var readConfig: @Sendable () throws(CommandFailure) -> ConfigFile
        var sink: LogSink

        var probe: CameraProbe { CameraProbe(workerExecutable: executable, resources: pictures) }
    }

    struct State {
        var config: PlenaryConfig
        var relays: [String: HallRelay]
        var isReloading = false
        var encoders: (@Sendable () -> EncoderFigures)?
        var channel: (served: EventChannel, place: ChannelPlace)?
    }

    let surroundings: Surroundings
    let state: Mutex<State>
    let records: CouncilRecords
    private let logger: Logger

    /// Opens every hall's record. - Throws: with the file's name when one cannot be opened.
    init(config: PlenaryConfig, surroundings: Surroundings) throws(CommandFailure) {
        self.surroundings = surroundings
        logger = surroundings.sink.logger("daemon")
        records = try CouncilRecords(
            stateDirectory: surroundings.stateDirectory, rules: FirstRules(folder: surroundings.rules),
            logger: surroundings.sink.logger("record"))
        for hall in config.halls { try records.open(hall) }
        Self.warn(of: config.halls, logger)
        var relays: [String: HallRelay] = [:]
        for hall in config.halls { relays[hall.name] = Self.relay(hall, records, surroundings) }
        state = Mutex(State(config: config, relays: relays))
    }

    private static func relay(_ hall: PlenaryConfig.Hall, _ records: CouncilRecords, _ surroundings: Surroundings) -> HallRelay {
        var logger = surroundings.sink.logger("relay")
        logger[metadataKey: "hall"] = "\(hall.name)"
        let relay = HallRelay(
            settings: hall.stream, stateDirectory: surroundings.stateDirectory, workerExecutable: surroundings.executable,
            resources: surroundings.pictures, logger: logger)
        if let record = records[hall.name] { join(record, with: relay) }
        return relay
    }

    /// What a page does without, but somebody meant it to have.
    private static func warn(of halls: [PlenaryConfig.Hall], _ logger: Logger) {
        for hall in halls {
            guard let arms = hall.arms, let fault = Arms.fault(at: arms) else { continue }
            logger.warning("the arms \(arms) \(fault.sentence)", metadata: ["hall": "\(hall.name)"])
        }
    }

    // MARK: What runs

    func startAutomatic() {
        for hall in state.withLock({ $0.config.halls }) where hall.stream.autostart { start(hall.name) }
    }

    private func start(_ name: String) {
        guard let relay = relay(name) else { return }
        do {
            try relay.start()
        } catch {
            logger.error("\(error)", metadata: ["hall": "\(name)"])
        }
    }

    /// Ends every relay, all at the same time.
    func shutdown() async {
        let relays = state.withLock { Array($0.relays.values) }
        await withTaskGroup { group in
            for relay in relays { group.addTask { await relay.shutdown() } }
        }
    }

    func relay(_ hall: String) -> HallRelay? { state.withLock { $0.relays[hall] } }

    /// The relay whose encoder pushes with this stream key. Takes as long for a key that is nearly right as for one that is wrong.
    func relay(streamKey: String) -> HallRelay? {
        state.withLock { state in
            var found: HallRelay?
            for hall in state.config.halls {
                guard let key = hall.stream.camera.streamKey, ConstantTime.areEqual(key, streamKey) else { continue }
                found = state.relays[hall.name]
            }
            return found
        }
    }

    /// Where the metrics find the RTMP listener's counts.
    func countEncoders(by figures: @escaping @Sendable () -> EncoderFigures) { state.withLock { $0.encoders = figures } }

    // MARK: What the door asks

    var encoders: EncoderFigures? { state.withLock { $0.encoders }?() }

    var halls: [HallSummary] {
        state.withLock { $0.config.halls.map { HallSummary(name: $0.name, title: $0.title, language: $0.language) } }
    }

    func arms(_ hall: String) -> String? { state.withLock { $0.config.hall(hall)?.arms } }
    func live(_ hall: String) -> (any LiveSource)? { relay(hall) }
    func status(_ hall: String) -> StreamStatus? { relay(hall)?.status }

    func logLines(last count: Int, follow: Bool) -> AsyncStream<LogLine> {
        surroundings.sink.ring.lines(last: min(max(0, count), 2000), follow: follow)
    }

    func perform(_ command: StreamCommand, on hall: String) async throws(Problem) {
        let relay = try known(hall)
        do {
            switch command {
            case .start: try relay.start()
            case .stop: try await relay.stop()
            case .restart: try await relay.restart()
            case .hide: try relay.hide()
            case .show: try relay.show()
            case .slateOn: try relay.setSlate(on: true)
            case .slateOff: try relay.setSlate(on: false)
            }
        } catch {
            throw .refusal(error)
        }
        logger.notice("the operator's command was carried out: \(command.rawValue)", metadata: ["hall": "\(hall)"])
    }

    func settings(_ hall: String) throws(Problem) -> StreamSettings {
        guard let settings = state.withLock({ $0.config.hall(hall)?.stream }) else { throw .noHall(hall) }
        return settings
    }

    private func known(_ hall: String) throws(Problem) -> HallRelay {
        guard let relay = relay(hall) else { throw .noHall(hall) }
        return relay
    }

    func probe(_ hall: String) async throws(Problem) -> SourceDescription {
        let relay = try known(hall)
        let settings = try settings(hall)
        guard settings.camera.scheme != .rtmpPush else {
            guard let source = relay.status.source else { throw .failedProbe(Self.noEncoder(hall)) }
            return source
        }
        do {
            return try await surroundings.probe.run(settings).source
        } catch {
            throw .failedProbe(error)
        }
    }

    private static func noEncoder(_ hall: String) -> RelayFailure {
        RelayFailure(kind: .unreachable, message: "no encoder has pushed to “\(hall)” yet: start its stream, then the encoder")
    }

    // MARK: Reload

    func reload() async throws(Problem) -> ReloadReport {
        let mayBegin = state.withLock { state in
            defer { state.isReloading = true }
            return !state.isReloading
        }
        guard mayBegin else { throw .reloading }
        defer { state.withLock { $0.isReloading = false } }

        let file: ConfigFile
        do {
            file = try surroundings.readConfig()
        } catch {
            for line in error.message.split(separator: "\n") { logger.error("\(line)") }
            throw .faulty(error.message)
        }
        for warning in file.warnings { logger.warning("\(warning)") }
        return try await apply(file.config)
    }

    /// Nothing is changed when the record of a new hall cannot be opened.
    private func apply(_ new: PlenaryConfig) async throws(Problem) -> ReloadReport {
        let old = state.withLock { $0.config }
        let change = ConfigChange(from: old, to: new)
        let hadPicture = Set(old.halls.filter(\.stream.picture).map(\.name))
        var opened: [String] = []
        do throws(CommandFailure) {
            for hall in change.added.compactMap(new.hall) {
                try records.open(hall)
                opened.append(hall.name)
            }
        } catch {
            for hall in opened { await records.close(hall) }
            logger.error("\(error.message)")
            throw .faulty(error.message)
        }
        let made = change.added.compactMap(new.hall).map { ($0.name, Self.relay($0, records, surroundings)) }
        let (removed, changed, channel) = state.withLock { state in
            let removed = change.removed.compactMap { state.relays.removeValue(forKey: $0) }
            for (name, relay) in made { state.relays[name] = relay }
            state.config.halls = new.halls
            state.config.log.level = new.log.level
            return (removed, change.changed.compactMap { state.relays[$0] }, state.channel?.served)
        }
        for name in change.added { serve(name, on: channel) }
        for name in change.changed where hadPicture.contains(name) != hasPicture(name) { servePicture(name, on: channel) }
        mend(new.halls, on: channel)
        for name in change.removed {
            channel?.close(name)
            channel?.close(picture: name)
            await records.close(name)
        }
        Self.warn(of: new.halls, logger)
        if let level = Logger.Level(rawValue: new.log.level) { surroundings.sink.level = level }
        await withTaskGroup { group in
            for relay in removed { group.addTask { await relay.shutdown() } }
            for relay in changed {
                guard let settings = new.hall(relay.hall)?.stream else { continue }
                group.addTask { await relay.update(settings) }
            }
        }
        for name in change.added where new.hall(name)?.stream.autostart == true { start(name) }
        let report = ReloadReport(change)
        logger.notice("the configuration was read again: \(StatusText.reload(report).split(separator: "\n").joined(separator: "; "))")
        return report
    }
}

extension Daemon {
    /// Looks again at the records that were damaged: a backup may be in their place.
    private func mend(_ halls: [PlenaryConfig.Hall], on channel: EventChannel?) {
        for hall in halls where records.damage(hall.name) != nil {
            do throws(CommandFailure) { try records.open(hall) } catch {
                surroundings.sink.logger("daemon").error("\(error.message)")
                continue
            }
            guard let record = records[hall.name], let relay = relay(hall.name) else { continue }
            Self.join(record, with: relay)
            serve(hall.name, on: channel)
        }
    }
}

extension ReloadReport {
    init(_ change: ConfigChange) {
        self.init(
            added: change.added, removed: change.removed, changed: change.changed, unchanged: change.unchanged,
            needRestart: change.needRestart)
    }
}
