import Foundation
import PlenaryConfiguration
import VoteBoard

/// The rules that a record begins with; later ones come by `plenary rules import`.
struct FirstRules: Sendable {
    /// Where `ua.yaml` and the other countries' files are.
    var folder: String

    /// - Returns: `nil` when the configuration names none.
    func book(_ rules: PlenaryConfig.Rules, hall: String) throws(CommandFailure) -> RuleBook? {
        let path: String
        switch rules {
        case .none: return nil
        case .preset(let country): path = "\(folder)/\(country).yaml"
        case .file(let file): path = file
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure(
                .configuration, "the rules of hall “\(hall)”, \(path), cannot be read: name a file or ua, lt, ge (halls[].rules)")
        }
        do {
            return try RuleBook(yaml: text)
        } catch {
            let lines = error.faults.map { "\(path):\($0.line): \($0.key): \($0.problem)" }
            throw CommandFailure(.configuration, lines.joined(separator: "\n"))
        }
    }
}
