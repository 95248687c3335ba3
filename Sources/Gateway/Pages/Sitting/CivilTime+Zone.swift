import Commons
import Foundation

extension CivilTime {
    /// What the clocks of `zone` show.
    ///
    /// - Parameter at: UTC milliseconds.
    init(_ at: Int64, in zone: TimeZone) {
        let moment = Date(timeIntervalSince1970: Double(at) / 1000)
        self.init(secondsSince1970: Int64((Double(at) / 1000).rounded(.down)) + Int64(zone.secondsFromGMT(for: moment)))
    }
}
