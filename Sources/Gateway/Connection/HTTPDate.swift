import Commons

/// `Date` of a response, IMF-fixdate (RFC 9110 §5.6.7), written once per second.
struct HTTPDate {
    private var second: Int64 = .min
    private(set) var text = ""

    /// - Parameter seconds: UTC seconds.
    mutating func text(at seconds: Int64) -> String {
        if seconds != second {
            second = seconds
            text = Self.format(seconds)
        }
        return text
    }

    static func format(_ seconds: Int64) -> String {
        let time = CivilTime(secondsSince1970: seconds)
        let date = time.date
        return "\(weekdays[date.weekday]), \(twoDigits(date.day)) \(months[date.month - 1]) \(date.year) \(time.clock) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
