import Commons
import Foundation

/// Everything that the record says, folded up to `sequence`.
package struct CouncilState: Hashable, Sendable {
    package var roster: Roster = .empty
    package var rules: RuleBook?
    /// In the order they were scheduled.
    package var sittings: [Sitting] = []
    package var sequence: Int64 = 0
    package var lastAt = UTCMilliseconds(0)

    package init() {}

    package func sitting(_ id: SittingID) -> Sitting? { sittings.last { $0.id == id } }

    /// The sitting that is open or suspended.
    package var sittingInSession: Sitting? { sittings.last { $0.status == .open || $0.status == .suspended } }

    /// What a hall shows: the sitting in session, else the next one, else the last one.
    package var sittingOnShow: Sitting? {
        if let inSession = sittingInSession { return inSession }
        let next = sittings.filter { $0.status == .scheduled }
            .min { ($0.plan.scheduledFor?.value ?? .max) < ($1.plan.scheduledFor?.value ?? .max) }
        return next ?? sittings.max { ($0.closedAt?.value ?? 0) < ($1.closedAt?.value ?? 0) }
    }

    package var timeZone: TimeZone { rules.flatMap { TimeZone(identifier: $0.timeZone) } ?? .gmt }

    package func day(at now: UTCMilliseconds) -> CivilDate { CivilTime(at: now, in: timeZone).date }
}
