import Commons
import Crypto
import Foundation

/// A command with its sender's name on it.
package struct CommandEnvelope: Sendable {
    /// Made by the client; the same id again gets the first answer again.
    package var id: UUID
    /// The last event the client knows of, when it wants to act on nothing newer.
    package var expected: Int64?
    /// Who asks, for the record: a token's name, `cli:anna`.
    package var by: String
    package var command: Command

    package init(id: UUID = UUID(), expected: Int64? = nil, by: String, command: Command) {
        self.id = id
        self.expected = expected
        self.by = by
        self.command = command
    }

    /// Tells one command from another under the same id. The choice of a ballot that is, or may turn out to be, secret is left
    /// out: it could be guessed from a digest.
    func digest(in state: CouncilState) -> String { Self.digest(of: isNamedBallot(in: state) ? command : withoutChoice) }

    /// Whether a digest, stored when the state was another, is this command's.
    func matches(_ digest: String) -> Bool { digest == Self.digest(of: command) || digest == Self.digest(of: withoutChoice) }

    private static func digest(of command: Command) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let bytes = (try? encoder.encode(command)) ?? Data()
        return Hex.text(SHA256.hash(data: bytes).prefix(16))
    }

    private var withoutChoice: Command {
        guard case .inSitting(let sitting, .castBallot(let round, let deputy, _)) = command else { return command }
        // As if everybody abstained; a digest of it says nothing.
        return .inSitting(sitting, .castBallot(round: round, deputy: deputy, choice: .abstain))
    }

    private func isNamedBallot(in state: CouncilState) -> Bool {
        guard case .inSitting(let sitting, .castBallot(let round, _, _)) = command else { return true }
        let place = sitting.map { state.sitting($0) } ?? state.sittingInSession
        guard let known = place?.round(round), known.terms != nil else { return false }
        return !known.isSecret
    }
}

/// What became of a command.
package enum Answer: Hashable, Sendable {
    /// On the disk as the events `first` to `last`. `repeated`: it was done before, and this is the first answer again.
    case done(first: Int64, last: Int64, repeated: Bool)
    case refused(CommandRefusal)
}
