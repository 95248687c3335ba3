import Commons

/// What the door asks of the halls' records: it carries bodies to and fro and knows no rule of voting.
///
/// Nothing here throws: a refusal is an answer like others. Every answer comes after the disk has what it tells of.
package protocol CouncilControl: Sendable {
    /// Reads a command, strictly; nothing happens before it is performed.
    func command(_ body: [UInt8], in hall: String) -> Result<CouncilCommand, Problem>
    /// A roster as CSV or JSON takes the place of the hall's.
    func importRoster(_ body: [UInt8], in hall: String, _ request: ImportRequest) async -> CouncilAnswer
    /// An agenda as CSV or JSON takes the place of the sitting's.
    func importAgenda(_ body: [UInt8], in hall: String, _ request: ImportRequest) async -> CouncilAnswer
    /// The council's rules, as a file of `config/rules/`.
    func setRules(_ body: [UInt8], in hall: String, _ request: ImportRequest) async -> CouncilAnswer
    /// A vote that a hall's own voting system held, as Ukrainian systems write it.
    func takeHallSystem(_ body: [UInt8], in hall: String, _ request: ImportRequest) async -> CouncilAnswer
    /// The rules in force, as JSON.
    func rules(of hall: String) -> Result<CouncilDocument, Problem>
    /// The record for everybody, a piece at a time: a line for each event, the signed head last.
    func record(of hall: String) -> any RecordReader
    /// A sitting's votes for others' programs.
    func export(_ request: ExportRequest, in hall: String) async -> Result<CouncilDocument, Problem>
}

/// A command that was read and waits for permission.
package struct CouncilCommand: Sendable {
    /// `open_round`.
    package var name: String
    /// Casts one ballot: what a hall's voting system may do.
    package var isBallot: Bool
    /// - Parameter by: who asks, for the record.
    package var perform: @Sendable (_ by: String) async -> CouncilAnswer

    package init(name: String, isBallot: Bool, perform: @escaping @Sendable (_ by: String) async -> CouncilAnswer) {
        self.name = name
        self.isBallot = isBallot
        self.perform = perform
    }
}

/// How a file is to be taken.
public struct ImportRequest: Sendable, Equatable {
    /// Who asks, for the record.
    public var by: String
    /// Says what would change, and changes nothing.
    public var isDryRun: Bool
    /// `nil`: the one in session.
    public var sitting: String?
    /// The council's full composition, where the file does not say it.
    public var seats: Int?
    /// The command's own id, a UUID: the same one again gets the first answer again.
    public var id: String?
    /// The last event that the sender knows of, when it wants to act on nothing newer.
    public var expected: Int64?

    public init(by: String, isDryRun: Bool = false, sitting: String? = nil, seats: Int? = nil, id: String? = nil, expected: Int64? = nil) {
        self.by = by
        self.isDryRun = isDryRun
        self.sitting = sitting
        self.seats = seats
        self.id = id
        self.expected = expected
    }
}

public struct ExportRequest: Sendable, Equatable {
    public enum Format: String, Sendable, CaseIterable {
        /// Ukraine's open-data set of resolution 835, a table at a time.
        case resolution835 = "835"
        case popolo
    }

    public var format: Format
    /// `nil`: the one in session.
    public var sitting: String?
    /// Of resolution 835: `motions` or `votings`.
    public var table: String
    /// The authority in the state's registers (ЄДРПОУ, КАТОТТГ).
    public var authority: (id: String, cattutc: String)

    public init(format: Format, sitting: String?, table: String, authority: (id: String, cattutc: String)) {
        self.format = format
        self.sitting = sitting
        self.table = table
        self.authority = authority
    }

    public static func == (left: ExportRequest, right: ExportRequest) -> Bool {
        left.format == right.format && left.sitting == right.sitting && left.table == right.table && left.authority == right.authority
    }
}

/// The result of a command or a file.
package typealias CouncilAnswer = Result<CommandAnswer, Problem>

/// A text that was asked for.
package struct CouncilDocument: Sendable, Equatable {
    package var contentType: String
    package var body: [UInt8]

    package init(contentType: String, body: [UInt8]) {
        self.contentType = contentType
        self.body = body
    }
}

/// Gives a long text piece by piece.
public protocol RecordReader: AnyObject, Sendable {
    /// The next lines; `nil` at the end. Throws when the disk fails: the text is then not whole.
    func next() throws -> [UInt8]?
}
