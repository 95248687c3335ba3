import Testing

@testable import plenary

@Suite struct `Figures for people` {
    @Test(arguments: [
        (0, "0.0 s"), (9.94, "9.9 s"), (10, "10 s"), (59.4, "59 s"), (60, "1 min"), (123, "2 min 3 s"), (3600, "1 h"),
        (12000, "3 h 20 min"),
        (352_800, "4 d 2 h"), (-1, "?"), (Double.nan, "?"), (Double.infinity, "?"),
    ]) func `a duration has at most two units`(_ seconds: Double, _ text: String) { #expect(Figures.duration(seconds) == text) }

    @Test(arguments: [(0, "–"), (999, "1 kbit/s"), (96_400, "96 kbit/s"), (4_150_000, "4.2 Mbit/s")])
    func `a bitrate is in kbit or Mbit`(_ bits: Int, _ text: String) { #expect(Figures.bitRate(bits) == text) }

    @Test(arguments: [(12, "12 B"), (1500, "1.5 kB"), (55_300_000, "55.3 MB"), (74_700_000_000, "74.7 GB")])
    func `bytes are in decimal units`(_ bytes: Int, _ text: String) { #expect(Figures.bytes(bytes) == text) }

    @Test(arguments: [(25, "25"), (29.97, "29.97"), (0, "?")])
    func `a frame rate has no needless fraction`(_ rate: Double, _ text: String) { #expect(Figures.frameRate(rate) == text) }

    @Test func `a time of another day has its date`() {
        let noon: Int64 = 1_795_348_800_000
        #expect(Figures.time(noon, now: noon + 1000) == "12:00:00 UTC")
        #expect(Figures.time(noon, now: noon + 86_400_000) == "2026-11-22 12:00:00 UTC")
    }
}
