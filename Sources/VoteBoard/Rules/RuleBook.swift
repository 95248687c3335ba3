/// How one council votes: its rules by name, what each kind of round uses, how long speeches are.
package struct RuleBook: Codable, Hashable, Sendable {
    /// What a kind of round uses unless its plan says otherwise.
    package struct KindDefaults: Codable, Hashable, Sendable {
        package var rule: String
        package var method: RoundMethod
        package var reveal: Reveal
        package var seconds: Int?

        package init(rule: String, method: RoundMethod, reveal: Reveal, seconds: Int? = nil) {
            self.rule = rule
            self.method = method
            self.reveal = reveal
            self.seconds = seconds
        }
    }

    /// ISO 3166 code.
    package var country: String
    package var language: Language
    /// IANA name; mandates begin and end at its midnights.
    package var timeZone: String
    /// Whether the head of the community has a vote.
    package var headVotes: Bool
    package var rules: [String: VoteRule]
    package var kinds: [RoundKind: KindDefaults]
    /// Seconds of floor.
    package var speeches: [SpeechKind: Int]

    package init(
        country: String, language: Language, timeZone: String, headVotes: Bool, rules: [String: VoteRule],
        kinds: [RoundKind: KindDefaults], speeches: [SpeechKind: Int]
    ) {
        self.country = country
        self.language = language
        self.timeZone = timeZone
        self.headVotes = headVotes
        self.rules = rules
        self.kinds = kinds
        self.speeches = speeches
    }

    enum CodingKeys: String, CodingKey {
        case country, language
        case timeZone = "time_zone"
        case headVotes = "head_votes"
        case rules, kinds, speeches
    }
}
