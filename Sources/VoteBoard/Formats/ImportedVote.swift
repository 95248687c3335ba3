import Foundation

/// A vote that another system held, matched with the roster.
public struct ImportedVote: Hashable, Sendable {
    /// The other system's id.
    public var id: String?
    public var organization: String?
    public var session: String?
    /// When the vote was held.
    public var at: UTCMilliseconds?
    /// The system's word for the kind of vote: «Поіменне», «Сигнальне», «За основу».
    public var typeLabel: String?
    /// The item's number.
    public var number: String?
    public var title: String
    public var question: String?
    /// What the system says the result was; the board counts for itself.
    public var adopted: Bool?
    public var positions: [DeputyID: Position]

    public init(
        id: String? = nil, organization: String? = nil, session: String? = nil, at: UTCMilliseconds? = nil, typeLabel: String? = nil,
        number: String? = nil, title: String, question: String? = nil, adopted: Bool? = nil, positions: [DeputyID: Position]
    ) {
        self.id = id
        self.organization = organization
        self.session = session
        self.at = at
        self.typeLabel = typeLabel
        self.number = number
        self.title = title
        self.question = question
        self.adopted = adopted
        self.positions = positions
    }

    /// The ballots to cast for it: those who pressed something.
    public var ballots: [(deputy: DeputyID, choice: Choice)] {
        positions.compactMap { deputy, position in Choice(rawValue: position.rawValue).map { (deputy, $0) } }
            .sorted { $0.deputy < $1.deputy }
    }

    /// Those who were in the hall.
    public var present: [DeputyID] {
        positions.filter { $0.value != .absent && $0.value != .excused }.keys.sorted()
    }
}

/// Moments as files write them.
enum WrittenTime {
    /// `22.11.2026 14:05:30` and `2026-11-22T14:05` in `zone`; `…Z` and `…+02:00` as they say.
    static func read(_ text: String, in zone: TimeZone) -> UTCMilliseconds? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" }).map(String.init)
        guard let day = parts.first.flatMap({ LocalDate($0) }), parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return moment(day, [0, 0, 0], zone) }
        var clock = parts[1]
        var zone = zone
        if clock.hasSuffix("Z") {
            clock.removeLast()
            zone = .gmt
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let offset = offset(clock[sign...]), let fixed = TimeZone(secondsFromGMT: offset) else { return nil }
            clock = String(clock[..<sign])
            zone = fixed
        }
        let numbers = clock.split(separator: ":").map { Int($0.prefix { $0 != "." }) ?? -1 }
        guard (2...3).contains(numbers.count), (0...23).contains(numbers[0]), numbers.dropFirst().allSatisfy({ (0...60).contains($0) })
        else {
            return nil
        }
        return moment(day, numbers, zone)
    }

    private static func moment(_ day: LocalDate, _ clock: [Int], _ zone: TimeZone) -> UTCMilliseconds? {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = DateComponents(
            year: day.year, month: day.month, day: day.day, hour: clock[0], minute: clock[1], second: clock.count == 3 ? clock[2] : 0)
        return calendar.date(from: parts).map { UTCMilliseconds(Int64($0.timeIntervalSince1970 * 1000)) }
    }

    private static func offset(_ text: Substring) -> Int? {
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.count == 4, let number = Int(digits) else { return nil }
        return (text.first == "-" ? -1 : 1) * (number / 100 * 3600 + number % 100 * 60)
    }

    /// `2026-11-22T14:05:30Z`.
    static func utc(_ at: UTCMilliseconds) -> String { local(at, in: .gmt) + "Z" }

    /// `2026-11-22T14:05:30` on the council's clock.
    static func local(_ at: UTCMilliseconds, in zone: TimeZone) -> String {
        let seconds = Double(at.value) / 1000
        let shifted = Int(seconds.rounded(.down)) + zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
        let time = ((shifted % 86400) + 86400) % 86400
        let parts = [time / 3600, time / 60 % 60, time % 60].map { ($0 < 10 ? "0" : "") + String($0) }
        return "\(LocalDate(at: at, in: zone))T\(parts.joined(separator: ":"))"
    }
}
