import NIOCore

/// When an HTTP/2 connection is sent a PING, and when and how it is closed: a function of times, without timers of its own.
struct HTTP2Lifetime {
    enum Step: Equatable {
        case none
        /// Send a PING.
        case ping
        /// Announce the end: no new streams after a round trip.
        case announce
        /// The grace time is over.
        case close
    }

    private let openedAt: NIODeadline
    /// Since when there has been no stream; `nil` while there is one.
    private var idleSince: NIODeadline?
    private var announcedAt: NIODeadline?
    private var pingedAt: NIODeadline?

    init(at now: NIODeadline) {
        openedAt = now
        idleSince = now
    }

    var isEnding: Bool { announcedAt != nil }

    mutating func opened() { idleSince = nil }
    mutating func closedLast(at now: NIODeadline) { idleSince = now }

    /// - Returns: whether the end is to be announced now.
    mutating func end(at now: NIODeadline) -> Bool {
        guard announcedAt == nil else { return false }
        announcedAt = now
        return true
    }

    /// - Parameter heardAt: when the last byte came.
    mutating func step(at now: NIODeadline, heardAt: NIODeadline, limits: DoorLimits) -> (step: Step, isIdle: Bool) {
        if let announcedAt { return (now - announcedAt > limits.drainDeadline ? .close : .none, false) }
        if let idleSince, now - idleSince > limits.idleDeadline {
            announcedAt = now
            return (.announce, true)
        }
        if let age = limits.connectionAge, now - openedAt > age {
            announcedAt = now
            return (.announce, false)
        }
        if now - heardAt > limits.pingInterval, pingedAt.map({ $0 < heardAt }) ?? true {
            pingedAt = now
            return (.ping, false)
        }
        return (.none, false)
    }
}
