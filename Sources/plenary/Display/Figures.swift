import Commons

/// Numbers as people read them; dots and spaces, no locale.
enum Figures {
    /// `1.5 s`, `2 min 3 s`, `3 h 20 min`, `4 d 2 h`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "?" }
        if seconds < 10 { return "\(decimal(seconds, 1)) s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return join(whole / 60, "min", whole % 60, "s") }
        if whole < 86400 { return join(whole / 3600, "h", whole % 3600 / 60, "min") }
        return join(whole / 86400, "d", whole % 86400 / 3600, "h")
    }

    private static func join(_ a: Int, _ unitA: String, _ b: Int, _ unitB: String) -> String {
        b == 0 ? "\(a) \(unitA)" : "\(a) \(unitA) \(b) \(unitB)"
    }

    /// `4.2 Mbit/s`, `96 kbit/s`; `–` for nothing.
    static func bitRate(_ bits: Int) -> String {
        if bits <= 0 { return "–" }
        if bits >= 1_000_000 { return "\(decimal(Double(bits) / 1e6, 1)) Mbit/s" }
        return "\((bits + 500) / 1000) kbit/s"
    }

    static func bytes(_ count: Int) -> String {
        switch count {
        case 1_000_000_000...: "\(decimal(Double(count) / 1e9, 1)) GB"
        case 1_000_000...: "\(decimal(Double(count) / 1e6, 1)) MB"
        case 1000...: "\(decimal(Double(count) / 1e3, 1)) kB"
        default: "\(count) B"
        }
    }

    /// `25`, `29.97`; `?` when unknown.
    static func frameRate(_ rate: Double) -> String {
        guard rate > 0, rate.isFinite else { return "?" }
        let text = decimal(rate, 2)
        return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
    }

    /// `+1.2 ppm`, `−0.3 ppm`.
    static func drift(_ ppm: Double) -> String {
        guard ppm.isFinite else { return "? ppm" }
        return (ppm < 0 ? "−" : "+") + decimal(abs(ppm), 1) + " ppm"
    }

    /// `14:30:05 UTC`, with the date when it is not of the same day as `now`.
    static func time(_ at: Int64, now: Int64) -> String {
        let (time, today) = (CivilTime(secondsSince1970: at / 1000), CivilTime(secondsSince1970: now / 1000).date)
        return "\(time.date == today ? "" : "\(time.date) ")\(time.clock) UTC"
    }

    static func decimal(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "?" }
        let factor = places == 0 ? 1 : places == 1 ? 10 : places == 2 ? 100 : 1000
        let scaled = Int((abs(value) * Double(factor)).rounded())
        let sign = value < 0 && scaled != 0 ? "-" : ""
        if places == 0 { return "\(sign)\(scaled)" }
        let fraction = String(scaled % factor)
        return "\(sign)\(scaled / factor)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
