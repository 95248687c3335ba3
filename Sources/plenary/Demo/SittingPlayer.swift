import Commons
import VoteBoard

/// Where a script is played: a hall's board, or a daemon's API.
protocol SittingStage: Sendable {
    /// The sitting that the hall shows.
    func shown() async throws(CommandFailure) -> ShownSitting?
    func perform(_ step: SittingScript.Step) async throws(CommandFailure)
    /// A command of the player's own, to clear what an earlier turn left behind.
    func clear(_ command: ClearingCommand, of sitting: String) async throws(CommandFailure)
}

struct ShownSitting: Sendable, Equatable {
    var id: String
    var status: Sitting.Status
    var openRound: String?

    var isInSession: Bool { status == .open || status == .suspended }
}

enum ClearingCommand: Sendable, Equatable {
    case open, close
    case annul(round: String)

    static let reason = "The demonstration begins anew"
}

/// Plays a script, turn after turn, each as a sitting of its own.
struct SittingPlayer<Stage: SittingStage>: Sendable {
    /// The script as written.
    let script: [UInt8]
    /// How many times faster than written.
    let speed: Double
    let stage: Stage

    /// What is told while it plays.
    enum News: Sendable {
        /// The step was done; so many of all are.
        case step(SittingScript.Step, done: Int, of: Int)
        case refused(SittingScript.Step, CommandFailure)
    }

    /// Plays the script once, from a hall that is cleared first.
    ///
    /// A refused ballot is told and passed over: somebody else may have voted. Any other refusal ends the turn.
    func play(turn: String, tell: @Sendable (News) -> Void) async throws {
        let script = try script(turn: turn)
        try await clear()
        let clock = ContinuousClock()
        let start = clock.now
        var due: Int64 = 0
        for (index, step) in script.steps.enumerated() {
            due += step.after
            // Against the beginning, so that slow answers do not add up.
            let moment = start + .milliseconds(Int64(Double(due) / speed))
            if moment > clock.now { try await Task.sleep(until: moment, clock: clock) }
            try Task.checkCancellation()
            do throws(CommandFailure) {
                try await stage.perform(step)
            } catch {
                guard step.request.name.isBallot, error.status == .refused else { throw error }
                tell(.refused(step, error))
            }
            tell(.step(step, done: index + 1, of: script.steps.count))
        }
    }

    func script(turn: String) throws(CommandFailure) -> SittingScript {
        do {
            return try SittingScript(script, run: turn)
        } catch {
            throw CommandFailure(.faultyInput, "the script has faults:\n\(error.sentence)")
        }
    }

    /// Ends what an interrupted turn left: its open round is annulled, its sitting closed. Somebody else's sitting is not touched.
    func clear() async throws {
        let mine = prefix
        var refusal: CommandFailure?
        for _ in 0..<64 {
            guard let shown = try await stage.shown(), shown.status != .closed else { return }
            guard let mine, shown.id.hasPrefix(mine) else {
                if shown.isInSession { throw ForeignSitting(id: shown.id) }
                return
            }
            guard let failure = await end(shown) else { continue }
            guard failure.status == .refused else { throw failure }
            // What is shown is up to 50 ms old: look again.
            refusal = failure
            try await Task.sleep(for: .milliseconds(100))
        }
        throw refusal ?? CommandFailure(.refused, "the hall's earlier turns cannot be ended")
    }

    /// Ends one sitting. Returns why it could not.
    private func end(_ sitting: ShownSitting) async -> CommandFailure? {
        do throws(CommandFailure) {
            if sitting.status == .scheduled { try await stage.clear(.open, of: sitting.id) }
            if let round = sitting.openRound { try await stage.clear(.annul(round: round), of: sitting.id) }
            try await stage.clear(.close, of: sitting.id)
            return nil
        } catch {
            return error
        }
    }

    /// What stands before the turn in the sitting's id; `nil` when it has no turn in it.
    private var prefix: String? {
        let mark = "turn-mark"
        guard let id = try? script(turn: mark).sitting?.text, let place = id.range(of: mark), place.lowerBound > id.startIndex else {
            return nil
        }
        return String(id[..<place.lowerBound])
    }
}

/// The hall is in use by somebody who is no script.
struct ForeignSitting: Error, Equatable {
    var id: String
}

/// Names of turns: the moment a turn begins, and a number when several begin within a millisecond.
struct TurnNames {
    private var last = ""
    private var count = 1

    /// - Parameter now: UTC milliseconds.
    mutating func next(now: Int64) -> String {
        let time = CivilTime(secondsSince1970: now / 1000)
        let thousandth = String(1000 + now % 1000).dropFirst()
        let (day, clock) = (time.date.description.filter(\.isNumber), time.clock.filter(\.isNumber))
        let name = "\(day)-\(clock)-\(thousandth)"
        count = name == last ? count + 1 : 1
        last = name
        return count == 1 ? name : "\(name)-\(count)"
    }
}
