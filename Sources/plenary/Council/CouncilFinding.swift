import Foundation

// What people name at a terminal, found in what the hall shows: an id, a number, a seat, a family name; or nothing, where only one can be meant.
extension CouncilReport {
    /// The sitting that was named, else the one that the hall shows.
    func sitting(_ name: String?) throws(CommandFailure) -> String {
        if let name { return name }
        if let sitting { return sitting.id }
        throw CommandFailure(.refused, "no sitting is scheduled: `plenary sitting schedule ID --title …` makes one")
    }

    /// A deputy by id, seat number, or family name (or its beginning with the given name).
    func deputy(_ name: String) throws(CommandFailure) -> String {
        if council.deputies[name] != nil { return name }
        let folded = name.lowercased()
        let found = council.deputies.filter { _, deputy in
            if let seat = Int(name) { return deputy.seat == seat }
            return deputy.family.lowercased() == folded || deputy.fullName.lowercased().hasPrefix(folded)
        }
        return try one(found.map { ($0.key, "\($0.key) (\($0.value.fullName))") }, named: name, kind: "deputy", remedy: "roster show")
    }

    func deputies(_ names: [String]) throws(CommandFailure) -> [String] {
        var ids: [String] = []
        for name in names { ids.append(try deputy(name)) }
        return ids
    }

    /// An item by id or number.
    func item(_ name: String) throws(CommandFailure) -> String {
        let items = agenda?.items ?? [:]
        if items[name] != nil { return name }
        let found = items.filter { $0.value.number == name }
        return try one(found.map { ($0.key, "\($0.key) (\($0.value.title))") }, named: name, kind: "item", remedy: "agenda show")
    }

    /// The item that was named, else the one before the council.
    func itemOrCurrent(_ name: String?) throws(CommandFailure) -> String {
        if let name { return try item(name) }
        if let currentItem { return currentItem }
        throw CommandFailure(.usage, "no item is before the council: name one (plenary agenda show)")
    }

    /// The round that was named, else the last one that is in one of these states.
    func round(_ name: String?, in states: [String]) throws(CommandFailure) -> String {
        if let name { return name }
        if let last = rounds?.order.last(where: { id in rounds?.byId[id].map { states.contains($0.status) } ?? false }) { return last }
        if rounds?.order.isEmpty ?? true {
            throw CommandFailure(.refused, "this sitting has no round yet: `plenary round plan --item 1 --kind whole` makes one")
        }
        throw CommandFailure(
            .usage, "no round of this sitting is \(states.joined(separator: " or ")): name one (plenary round list)")
    }

    /// The turn that was named, else the first in the queue.
    func speaker(_ name: String?) throws(CommandFailure) -> String {
        if let name { return name }
        if let first = speakers?.queue.first { return first.id }
        throw CommandFailure(.usage, "nobody is in the list of speakers: `plenary speaker queue DEPUTY` adds somebody")
    }

    /// The first of `prefix`1, `prefix`2 … that no round of this sitting has.
    func freshRound(_ prefix: String = "r") -> String {
        var number = (rounds?.order.count ?? 0) + 1
        while rounds?.byId["\(prefix)\(number)"] != nil { number += 1 }
        return "\(prefix)\(number)"
    }

    private func one(
        _ found: [(id: String, words: String)], named name: String, kind: String, remedy: String
    ) throws(CommandFailure) -> String {
        switch found.count {
        case 1: return found[0].id
        // The daemon says what it makes of an id that is not shown: the deputy's mandate may have ended.
        case 0 where name.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x20 }) && Int(name) == nil: return name
        case 0: throw CommandFailure(.refused, "no \(kind) is “\(name)”: `plenary \(remedy)` lists them")
        default:
            let words = found.map(\.words).sorted().prefix(6).joined(separator: ", ")
            throw CommandFailure(.refused, "“\(name)” could be \(words): write the id")
        }
    }
}

/// Times as a clerk writes them: `14:00` today, `2026-11-26 10:00` or `26.11.2026 10:00` on the council's clock, or with a zone.
enum ClerkTime {
    /// UTC milliseconds.
    static func read(_ text: String, zone: TimeZone, now: Int64) throws(CommandFailure) -> Int64 {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" }).map(String.init)
        var calendar = Calendar(identifier: .gregorian)
        var zone = zone
        guard (1...2).contains(parts.count), var clock = parts.last else { throw fault(text) }
        if clock.hasSuffix("Z") {
            clock.removeLast()
            zone = .gmt
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }), sign > clock.startIndex, parts.count == 2 {
            guard let fixed = offset(clock[sign...]) else { throw fault(text) }
            zone = fixed
            clock = String(clock[..<sign])
        }
        calendar.timeZone = zone
        var wanted: DateComponents
        if parts.count == 2 {
            guard let day = day(parts[0]) else { throw fault(text) }
            wanted = day
        } else {
            wanted = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(now) / 1000))
        }
        let numbers = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard (2...3).contains(numbers.count), (0...23).contains(numbers[0]), numbers.dropFirst().allSatisfy({ (0...59).contains($0) })
        else { throw fault(text) }
        (wanted.hour, wanted.minute, wanted.second) = (numbers[0], numbers[1], numbers.count == 3 ? numbers[2] : 0)
        guard let date = calendar.date(from: wanted), calendar.dateComponents([.month, .day], from: date).day == wanted.day else {
            throw fault(text)
        }
        return Int64(date.timeIntervalSince1970 * 1000)
    }

    private static func day(_ text: String) -> DateComponents? {
        let iso = text.split(separator: "-"), dotted = text.split(separator: ".")
        let parts = iso.count == 3 ? iso : dotted.count == 3 ? dotted.reversed() : []
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3, (1900...2200).contains(numbers[0]), (1...12).contains(numbers[1]), (1...31).contains(numbers[2]) else {
            return nil
        }
        return DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// `+02:00`, `-0500`.
    private static func offset(_ text: Substring) -> TimeZone? {
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.count == 4, let number = Int(digits), number % 100 < 60, number / 100 <= 14 else { return nil }
        return TimeZone(secondsFromGMT: (text.first == "-" ? -1 : 1) * (number / 100 * 3600 + number % 100 * 60))
    }

    private static func fault(_ text: String) -> CommandFailure {
        CommandFailure(.usage, "“\(text)” is no time: write 14:00, \"2026-11-26 10:00\" on the council's clock, or 2026-11-26T08:00Z")
    }
}
