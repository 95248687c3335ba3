import Commons
import Foundation
import Testing

@Suite struct `A day` {
    @Test(arguments: [(0, "1970-01-01"), (11016, "2000-02-29"), (20779, "2026-11-22"), (-1, "1969-12-31"), (47482, "2100-01-01")])
    func `is counted from 1970`(_ days: Int, _ text: String) {
        #expect(CivilDate(daysSince1970: days).description == text)
        #expect(CivilDate(text)?.daysSince1970 == days)
    }

    @Test func `is counted alike both ways, for 300 years`() {
        for days in stride(from: -25_567, through: 84_370, by: 5) {
            let date = CivilDate(daysSince1970: days)
            if date.daysSince1970 != days || CivilDate(date.description) != date { Issue.record("day \(days) is \(date)") }
        }
    }

    @Test(arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-", "26-01-01", "1899-12-31", "2026-11-22T10:00", "2026.11.22", ""])
    func `must be one of the calendar's`(_ text: String) { #expect(CivilDate(text) == nil) }

    @Test func `is read as spreadsheets write it`() { #expect(CivilDate("22.11.2026") == CivilDate("2026-11-22")) }

    @Test func `has a day of the week`() { #expect(CivilDate("2026-11-22")?.weekday == 0 && CivilDate("1970-01-01")?.weekday == 4) }
}

@Suite struct `A time` {
    private static let kyiv = TimeZone(identifier: "Europe/Kyiv") ?? .gmt
    private static func offset(_ seconds: Int64) -> Int { kyiv.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))) }
    private static func instant(_ text: String) -> Int64? { WrittenTime(text)?.instant(today: CivilDate("2026-11-22"), zone: offset) }

    @Test func `is written as RFC 3339 has it`() {
        #expect(CivilTime(secondsSince1970: 1_795_348_805).text == "2026-11-22T12:00:05")
        #expect(CivilTime(secondsSince1970: -1).text == "1969-12-31T23:59:59")
    }

    @Test(arguments: [
        ("12:00", 1_795_341_600 as Int64), ("2026-11-22 12:00", 1_795_341_600), ("22.11.2026 12:00:05", 1_795_341_605),
        ("2026-11-22T10:00Z", 1_795_341_600), ("2026-11-22T12:00:00+02:00", 1_795_341_600), ("2026-11-22T05:00:00.250-0500", 1_795_341_600),
        ("2026-11-22", 1_795_298_400),
    ]) func `is on the zone's clock, or on the one it names`(_ text: String, _ seconds: Int64) { #expect(Self.instant(text) == seconds) }

    @Test(arguments: [
        "", "14", "25:00", "14:60", "2026-13-01 10:00", "2026-02-30 10:00", "soon", "1795341600000", "2026-11-22 10:00 x",
        "10:00 2026-11-22",
        "2026-11-22 10:00+2", "2026-11-22 10:00+15:00", "10:-1", "10::00",
    ]) func `is refused when it is none`(_ text: String) { #expect(WrittenTime(text) == nil) }

    @Test func `that clocks leave out is what it would have been`() {
        // In Kyiv 2026-03-29 03:00 is 04:00; UTC is 01:00.
        #expect(Self.instant("2026-03-29 02:59") == Self.instant("2026-03-29T00:59Z"))
        #expect(Self.instant("2026-03-29 03:30") == Self.instant("2026-03-29T01:30Z"))
        #expect(Self.instant("2026-03-29 04:00") == Self.instant("2026-03-29T01:00Z"))
    }

    @Test func `that comes twice is the first`() {
        // In Kyiv 2026-10-25 04:00 is 03:00 again; UTC is 01:00.
        #expect(Self.instant("2026-10-25 03:30") == Self.instant("2026-10-25T00:30Z"))
        #expect(Self.instant("2026-10-25 04:00") == Self.instant("2026-10-25T02:00Z"))
    }

    @Test func `is what the system's calendar makes of it, at every hour of two years`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = Self.kyiv
        for hour in 0..<(2 * 366 * 24) {
            let time = CivilTime(secondsSince1970: 1_767_225_600 + Int64(hour) * 3600 + 1800)
            let parts = DateComponents(
                year: time.date.year, month: time.date.month, day: time.date.day, hour: time.hour, minute: time.minute, second: time.second)
            let expected = try #require(calendar.date(from: parts)).timeIntervalSince1970
            if Double(time.instant(offset: Self.offset)) != expected { Issue.record("\(time.text)") }
        }
    }
}
