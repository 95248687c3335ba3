/// What a command or a file is answered when it was taken (docs/http.md, “Commands”).
package struct CommandAnswer: Codable, Equatable, Sendable {
    /// Where it stands in the record; `nil` after a dry run, which changes nothing.
    package var events: Events?
    /// Of a file.
    package var file: FileReport?

    package init(events: Events?, file: FileReport? = nil) {
        self.events = events
        self.file = file
    }

    package struct Events: Codable, Equatable, Sendable {
        /// Names the record that the sequences count in.
        package var epoch: String
        package var first: Int64
        package var last: Int64
        /// It was done before, and this is the first answer again.
        package var repeated: Bool

        package init(epoch: String, first: Int64, last: Int64, repeated: Bool) {
            self.epoch = epoch
            self.first = first
            self.last = last
            self.repeated = repeated
        }

        enum CodingKeys: String, CodingKey { case epoch, first, last, repeated }
    }

    package struct FileReport: Codable, Equatable, Sendable {
        package var dryRun: Bool
        package var changes: [Change]
        package var warnings: [String]
        /// The round that took a hall system's ballots, and how many.
        package var round: String?
        package var ballots: Int?

        package init(dryRun: Bool, changes: [Change], warnings: [String] = [], round: String? = nil, ballots: Int? = nil) {
            self.dryRun = dryRun
            self.changes = changes
            self.warnings = warnings
            self.round = round
            self.ballots = ballots
        }

        enum CodingKeys: String, CodingKey {
            case changes, warnings, round, ballots
            case dryRun = "dry_run"
        }
    }

    /// One line of what a file changes.
    package struct Change: Codable, Equatable, Sendable {
        /// For programs that count: `deputy_added`.
        package var kind: String
        package var text: String

        package init(kind: String, text: String) {
            self.kind = kind
            self.text = text
        }
    }

    // Both parts are fields of one object.

    package init(from decoder: any Decoder) throws {
        events = try decoder.container(keyedBy: Events.CodingKeys.self).contains(.first) ? Events(from: decoder) : nil
        file = try decoder.container(keyedBy: FileReport.CodingKeys.self).contains(.changes) ? FileReport(from: decoder) : nil
    }

    package func encode(to encoder: any Encoder) throws {
        try events?.encode(to: encoder)
        try file?.encode(to: encoder)
    }
}
