import Foundation

/// The pages' words in one language, from `languages/*.json`: the same that the scripts say.
struct PageWords {
    let language: String
    private let words: [String: String]

    init(language: String, json: [UInt8]) {
        self.language = language
        words = (try? JSONDecoder().decode([String: String].self, from: Data(json))) ?? [:]
    }

    /// The text of `key` with `{name}` filled in.
    func say(_ key: String, _ values: [String: String] = [:]) -> String {
        var text = words[key] ?? key
        for (name, value) in values { text = text.replacingOccurrences(of: "{\(name)}", with: value) }
        return text
    }

    /// How one deputy voted, with the right ending.
    func choice(_ position: String, gender: String?) -> String {
        let ending = ["masculine": "m", "feminine": "f"][gender ?? ""] ?? "n"
        return say("vote.\(position).\(ending)")
    }

    /// A result in a word or two.
    func verdict(_ round: PublicState.Round) -> String? {
        if round.status == "annulled" { return say("outcome.annulled") }
        guard let result = round.result else { return nil }
        if result.reason == "no_quorum" { return say("outcome.no_quorum") }
        if result.reason == "quorum_present" || round.kind == "registration" {
            return say(result.outcome == "adopted" ? "outcome.quorum" : "outcome.no_quorum")
        }
        return say("outcome.\(result.outcome)")
    }

    /// Why: “17 for, 18 of 34 needed: not adopted”.
    func reason(_ round: PublicState.Round) -> String? {
        if round.status == "annulled" { return say("verdict.annulled", ["reason": round.annulment ?? ""]) }
        guard let sentences = round.result?.sentences else { return nil }
        return sentences[language] ?? sentences["en"]
    }
}
