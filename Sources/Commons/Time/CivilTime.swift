/// A day and a time of day, on whatever clock they were read from. To the second: a leap second counts as the one before it.
package struct CivilTime: Hashable, Sendable {
    package var date: CivilDate
    package var hour: Int
    package var minute: Int
    package var second: Int

    package init(date: CivilDate, hour: Int, minute: Int, second: Int = 0) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// - Parameter seconds: since 1970-01-01T00:00:00, on the same clock.
    package init(secondsSince1970 seconds: Int64) {
        let days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let rest = Int(seconds - days * 86400)
        self.init(date: CivilDate(daysSince1970: Int(days)), hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60)
    }

    /// Since 1970-01-01T00:00:00, on the same clock.
    package var secondsSince1970: Int64 { Int64(date.daysSince1970) * 86400 + Int64(hour * 3600 + minute * 60 + second) }

    /// `14:05`.
    package var hourAndMinute: String { "\(twoDigits(hour)):\(twoDigits(minute))" }
    /// `14:05:30`.
    package var clock: String { "\(hourAndMinute):\(twoDigits(second))" }
    /// `2026-11-22T14:05:30` (RFC 3339 without a zone).
    package var text: String { "\(date)T\(clock)" }

    /// The instant, in UTC seconds since 1970, at which clocks of a zone show this time.
    ///
    /// The earlier one of an hour that comes twice; what an hour that is left out would have been, when clocks are set forward.
    /// - Parameter offset: the zone's seconds east of Greenwich at an instant.
    package func instant(offset: (Int64) -> Int) -> Int64 {
        let local = secondsSince1970
        let before = Int64(offset(local - 86400))
        let after = Int64(offset(local + 86400))
        if Int64(offset(local - before)) == before { return local - before }
        if Int64(offset(local - after)) == after { return local - after }
        return local - before
    }
}

/// A time as people and files write it: `14:05`, `2026-11-22T14:05:30`, `22.11.2026 14:05`, with `Z` or `+02:00` or without.
package struct WrittenTime: Hashable, Sendable {
    /// `nil`: no day is written.
    package var date: CivilDate?
    /// `nil`: no time of day is written.
    package var clock: Clock?
    /// Seconds east of Greenwich; `nil`: no zone is written.
    package var offset: Int?

    package struct Clock: Hashable, Sendable {
        package var hour: Int
        package var minute: Int
        package var second: Int
    }

    /// `nil` when it is no time.
    package init?(_ text: String) {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" }).map(String.init)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        date = CivilDate(first)
        guard date != nil || parts.count == 1 else { return nil }
        guard parts.count == 2 || date == nil else { return }
        var rest = parts[parts.count - 1][...]
        if rest.hasSuffix("Z") {
            rest.removeLast()
            offset = 0
        } else if let sign = rest.lastIndex(where: { $0 == "+" || $0 == "-" }), sign > rest.startIndex {
            guard let written = Self.offset(rest[sign...]) else { return nil }
            offset = written
            rest = rest[..<sign]
        }
        guard let clock = Self.clock(rest) else { return nil }
        self.clock = clock
    }

    /// `14:05`, `14:05:30` and `14:05:30.250`; parts of a second are dropped.
    private static func clock(_ text: Substring) -> Clock? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var whole = parts
        if parts.count == 3 { whole[2] = parts[2].prefix { $0 != "." } }
        let numbers = whole.compactMap { part in (1...2).contains(part.utf8.count) && part.utf8.allSatisfy(isDigit) ? Int(part) : nil }
        guard numbers.count == parts.count, (0...23).contains(numbers[0]), (0...59).contains(numbers[1]) else { return nil }
        let second = numbers.count == 3 ? numbers[2] : 0
        guard (0...60).contains(second) else { return nil }
        return Clock(hour: numbers[0], minute: numbers[1], second: second)
    }

    /// `+02:00`, `-0500`.
    private static func offset(_ text: Substring) -> Int? {
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.utf8.count == 4, digits.utf8.allSatisfy(isDigit), let number = Int(digits), number % 100 < 60, number / 100 <= 14
        else {
            return nil
        }
        return (text.first == "-" ? -1 : 1) * (number / 100 * 3600 + number % 100 * 60)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The instant in UTC seconds since 1970; a time without a day is of `today`, a day without a time begins at midnight. `nil`: neither is there.
    ///
    /// - Parameter zone: the zone's seconds east of Greenwich at an instant, where the text names none.
    package func instant(today: CivilDate?, zone: (Int64) -> Int) -> Int64? {
        guard let date = date ?? today else { return nil }
        let time = CivilTime(date: date, hour: clock?.hour ?? 0, minute: clock?.minute ?? 0, second: clock?.second ?? 0)
        return offset.map { time.secondsSince1970 - Int64($0) } ?? time.instant(offset: zone)
    }
}
