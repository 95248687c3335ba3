import Commons
import Foundation

// What people name at a terminal, found in what the hall shows: an id, a number, a seat, a family name; or nothing, where only one can be meant.
extension PublicState {
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
        if let last = rounds?.order.last(where: { id in rounds?.byID[id].map { states.contains($0.status) } ?? false }) { return last }
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
        while rounds?.byID["\(prefix)\(number)"] != nil { number += 1 }
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
        let offset = { (seconds: Int64) in zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) }
        guard let written = WrittenTime(text), written.clock != nil,
            let seconds = written.instant(
                today: CivilTime(secondsSince1970: now / 1000 + Int64(written.offset ?? offset(now / 1000))).date, zone: offset)
        else {
            throw CommandFailure(
                .usage, "“\(text)” is no time: write 14:00, \"2026-11-26 10:00\" on the council's clock, or 2026-11-26T08:00Z")
        }
        return seconds * 1000
    }
}

extension PublicState {
    /// UTC milliseconds on the council's clock.
    func local(_ at: Int64) -> CivilTime {
        let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(at) / 1000))
        return CivilTime(secondsSince1970: at / 1000 + Int64(offset))
    }
}
