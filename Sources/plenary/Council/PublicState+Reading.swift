import Commons
import Foundation

// What a terminal says of the public state.

extension PublicState {
    /// The council's, else this machine's.
    var timeZone: TimeZone { council.timeZone.flatMap { TimeZone(identifier: $0) } ?? .current }
}

extension PublicState.Deputy {
    var fullName: String { [family, given, patronymic ?? ""].filter { !$0.isEmpty }.joined(separator: " ") }
}

extension PublicState.Speech {
    /// Milliseconds left, negative when over time.
    func remaining(at now: Int64) -> Int64 { allotted - spent - (runningSince.map { max(0, now - $0) } ?? 0) }
}
