import VoteBoard

/// A hall of this daemon.
struct BoardStage: SittingStage {
    let board: Board
    /// Who asks, in the record.
    let by = "demo"

    func shown() -> ShownSitting? {
        board.state.sittingOnShow.map { ShownSitting(id: $0.id.text, status: $0.status, openRound: $0.openRound?.id.text) }
    }

    func perform(_ step: SittingScript.Step) async throws(CommandFailure) { try await send(step.request.envelope(by: by)) }

    func clear(_ command: ClearingCommand, of sitting: String) async throws(CommandFailure) {
        guard let id = SittingID(sitting) else { return }
        let wanted: VoteBoard.SittingCommand
        switch command {
        case .open: wanted = .open
        case .close: wanted = .close
        case .annul(let round):
            guard let round = RoundID(round) else { return }
            wanted = .annulRound(round, reason: ClearingCommand.reason)
        }
        try await send(CommandEnvelope(by: by, command: .inSitting(id, wanted)))
    }

    /// Reads a roster into a hall that has none.
    func importRoster(_ bytes: [UInt8], council: String, seats: Int?) async throws(CommandFailure) {
        guard board.state.roster.deputies.isEmpty else { return }
        let roster: Roster
        do throws(ImportFaults) {
            roster = try RosterImport(bytes, current: board.state.roster, council: council, seats: seats).roster
        } catch {
            throw CommandFailure(.faultyInput, "the roster has faults:\n\(error.sentence)")
        }
        try await send(CommandEnvelope(by: by, command: .importRoster(roster)))
    }

    private func send(_ envelope: CommandEnvelope) async throws(CommandFailure) {
        guard case .refused(let refusal) = await board.send(envelope) else { return }
        throw CommandFailure(refusal.problem.status >= 500 ? .temporary : .refused, refusal.sentence)
    }
}
