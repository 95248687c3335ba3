import Foundation
import Logging
import PlenaryConfiguration
import ServiceLifecycle
import VoteBoard

/// Plays the scripted sittings that the configuration names, in this daemon's own halls. Follows a reload.
struct DemoService: Service {
    let daemon: Daemon
    let logger: Logger

    func run() async throws { await cancelWhenGracefulShutdown { await supervise() } }

    private func supervise() async {
        var running: [String: (demo: PlenaryConfig.Demo, player: Task<Void, Never>)] = [:]
        while !Task.isCancelled {
            let wanted = daemon.demos
            for (hall, one) in running where wanted[hall] != one.demo {
                one.player.cancel()
                await one.player.value
                running[hall] = nil
                logger.notice("the demo has ended", metadata: ["hall": "\(hall)"])
            }
            for (hall, demo) in wanted where running[hall] == nil {
                running[hall] = (demo, Task { await play(demo, in: hall) })
                logger.notice("the demo plays \(demo.script)", metadata: ["hall": "\(hall)"])
            }
            try? await Task.sleep(for: .seconds(1))
        }
        for one in running.values { one.player.cancel() }
        for one in running.values { await one.player.value }
    }

    /// Turn after turn until cancelled; what goes wrong is logged once, and tried again.
    private func play(_ demo: PlenaryConfig.Demo, in hall: String) async {
        var logger = logger
        logger[metadataKey: "hall"] = "\(hall)"
        var names = TurnNames()
        var complaint = ""
        while !Task.isCancelled {
            do {
                try await turn(demo, in: hall, &names)
                complaint = ""
            } catch is CancellationError {
                return
            } catch {
                let words = Self.words(error)
                if words != complaint { logger.warning("the demo waits: \(words)") }
                complaint = words
                try? await Task.sleep(for: .seconds(5))
            }
        }
    }

    private func turn(_ demo: PlenaryConfig.Demo, in hall: String, _ names: inout TurnNames) async throws {
        guard let board = daemon.board(hall) else { throw CommandFailure(.temporary, "its record is not open") }
        let stage = BoardStage(board: board)
        let player = SittingPlayer(script: try Self.read(demo.script), speed: Double(demo.speed), stage: stage)
        let name = names.next(now: currentMilliseconds())
        if board.state.roster.deputies.isEmpty {
            let title = daemon.halls.first { $0.name == hall }?.title ?? hall
            let roster =
                demo.roster ?? ((demo.script as NSString).deletingLastPathComponent as NSString).appendingPathComponent("roster.csv")
            try await stage.importRoster(try Self.read(roster), council: title, seats: try player.script(turn: name).seats)
        }
        try await player.play(turn: name) { _ in }
    }

    private static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw CommandFailure(.noInput, "\(path) cannot be read") }
        return Array(data)
    }

    private static func words(_ error: any Error) -> String {
        if let foreign = error as? ForeignSitting { return "the sitting \(foreign.id) is in session, which is no turn of the script" }
        return (error as? CommandFailure)?.message ?? "\(error)"
    }
}
