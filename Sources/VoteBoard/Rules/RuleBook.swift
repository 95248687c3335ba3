/// How one council votes: its rules by name, what each kind of round uses, how long speeches are.
public struct RuleBook: Codable, Hashable, Sendable {
    /// What a kind of round uses unless its plan says otherwise.
    public struct KindDefaults: Codable, Hashable, Sendable {
        public var rule: String
        public var method: RoundMethod
        public var reveal: Reveal
        public var seconds: Int?

        public init(rule: String, method: RoundMethod, reveal: Reveal, seconds: Int? = nil) {
            self.rule = rule
            self.method = method
            self.reveal = reveal
            self.seconds = seconds
        }
    }

    /// ISO 3166 code.
    public var country: String
    public var language: Language
    /// IANA name; mandates begin and end at its midnights.
    public var timeZone: String
    /// Whether the head of the community has a vote.
    public var headVotes: Bool
    public var rules: [String: VoteRule]
    public var kinds: [RoundKind: KindDefaults]
    /// Seconds of floor.
    public var speeches: [SpeechKind: Int]

    public init(
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
