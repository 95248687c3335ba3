import VoteBoard

/// A council's rules as text for a terminal.
enum RulesText {
    static func page(_ book: RuleBook) -> String {
        let rows = book.kinds.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, defaults in
            [
                kind.rawValue, CouncilText.words(defaults.method.rawValue), defaults.reveal.rawValue,
                defaults.seconds.map { "\($0) s" } ?? "", defaults.rule, book.rules[defaults.rule].map(words) ?? "",
            ]
        }
        let speeches = book.speeches.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value) s" }
        return "\(book.country), \(book.timeZone), the head \(book.headVotes ? "has a vote" : "has no vote")\n"
            + TextTable(heading: ["ROUND", "METHOD", "REVEAL", "OPEN", "RULE", ""], rows: rows).text
            + "speeches: \(speeches.joined(separator: ", "))\n"
    }

    /// `more than 1/2 of seats`.
    static func words(_ rule: VoteRule) -> String {
        var text =
            "\(rule.strict ? "more than" : "at least") \(rule.numerator)/\(rule.denominator) of \(CouncilText.words(rule.base.rawValue))"
        if rule.tie == .chairCasts { text += ", in a tie the chair decides" }
        return text
    }
}
