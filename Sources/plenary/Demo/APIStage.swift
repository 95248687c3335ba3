import Foundation
import VoteBoard

/// A hall behind its daemon's control socket.
struct APIStage: SittingStage {
    let client: CouncilClient

    func shown() async throws(CommandFailure) -> ShownSitting? {
        let report = try await client.report()
        guard let sitting = report.sitting, let status = Sitting.Status(rawValue: sitting.status) else { return nil }
        return ShownSitting(id: sitting.id, status: status, openRound: report.openRound)
    }

    func perform(_ step: SittingScript.Step) async throws(CommandFailure) {
        _ = try await client.control.send(step.json.bytes, as: "application/json", to: client.path("/commands"))
    }

    func clear(_ command: ClearingCommand, of sitting: String) async throws(CommandFailure) {
        let request: CouncilRequest =
            switch command {
            case .open: CouncilRequest(.openSitting, ["sitting": .string(sitting)])
            case .close: CouncilRequest(.closeSitting, ["sitting": .string(sitting)])
            case .annul(let round):
                CouncilRequest(
                    .annulRound, ["sitting": .string(sitting), "round": .string(round), "reason": .string(ClearingCommand.reason)])
            }
        _ = try await client.send(request)
    }
}
