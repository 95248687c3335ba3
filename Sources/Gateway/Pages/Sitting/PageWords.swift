import Commons
import Foundation

/// The pages' words in one language, from `languages/*.json`: the same that the scripts say (`council/words.js`, `page/language.js`).
/// `web/tests/pages.test.js` and `PageTextTests` compare what both make of them.
struct PageWords {
    let language: String
    let conventions: PageConventions
    private let words: [String: String]

    init(language: String, json: [UInt8], conventions: PageConventions = PageConventions()) {
        self.language = language
        self.conventions = conventions
        words = (try? JSONDecoder().decode([String: String].self, from: Data(json))) ?? [:]
    }

    /// The text of `key` with `{name}` filled in.
    func say(_ key: String, _ values: [String: String] = [:]) -> String {
        let text = words[key] ?? key
        if values.isEmpty { return text }
        // In one pass: what a value says is not filled in again.
        var (out, rest) = ("", text[...])
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            out += rest[..<open] + (values[String(rest[open...close].dropFirst().dropLast())] ?? String(rest[open...close]))
            rest = rest[close...].dropFirst()
        }
        return out + rest
    }

    /// How one deputy voted, with the right ending.
    func choice(_ position: String, gender: String?) -> String {
        say("vote.\(position).\(gender.flatMap { conventions.genders[$0] } ?? "n")")
    }

    /// `text` as a sentence begins: with a capital, where the language's script has them.
    func capital(_ text: String) -> String {
        guard let first = text.first, !conventions.unicase.contains(language) else { return text }
        return String(first).uppercased(with: Locale(identifier: language)) + text.dropFirst()
    }

    // MARK: names

    /// A deputy's name in the order of the council's language.
    func name(_ deputy: PublicState.Deputy, in language: String?, hasPatronymic: Bool) -> String {
        let order = conventions.names[language ?? "uk"] ?? conventions.names["uk"] ?? []
        return order.compactMap { part -> String? in
            switch part {
            case .family: deputy.family
            case .given: deputy.given
            case .patronymic: hasPatronymic ? deputy.patronymic : nil
            }
        }.filter { !$0.isEmpty }.joined(separator: " ")
    }

    // MARK: verdicts

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
        guard let sentences = round.result?.sentences, let sentence = sentences[language] ?? sentences["en"] else { return nil }
        return capital(sentence)
    }

    // MARK: times

    /// A moment as people say it: the time today, else day and time. In UTC milliseconds and the council's zone; the visitor's zone
    /// only the script knows.
    func moment(_ at: Int64, now: Int64, in zone: TimeZone) -> String {
        let time = CivilTime(at, in: zone)
        return time.date == CivilTime(now, in: zone).date ? time.hourAndMinute : dayAndTime(time)
    }

    private func dayAndTime(_ time: CivilTime) -> String {
        let date = say("date.day", ["day": String(time.date.day), "month": say("date.month.\(time.date.month)")])
        return say("date.moment", ["date": date, "time": time.hourAndMinute])
    }
}
