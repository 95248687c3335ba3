/// The counters behind every address of a hall. They only grow, over camera losses, restarts and crashes, so that an address is never used for other bytes.
package struct LiveNumbers: Sendable, Equatable, Codable {
    /// Media sequence number of the next segment.
    package var mediaSequence: Int
    /// Discontinuity sequence number of the last segment (RFC 8216bis §6.2.1).
    package var discontinuity: Int
    /// Number of the next set of initialization segments.
    package var initialization: Int
    /// `mfhd` sequence number of the next fragment.
    package var fragment: Int
    /// Decode time of the next part, 90 kHz ticks.
    package var timeline: Int64

    package init(mediaSequence: Int, discontinuity: Int, initialization: Int, fragment: Int, timeline: Int64) {
        self.mediaSequence = mediaSequence
        self.discontinuity = discontinuity
        self.initialization = initialization
        self.fragment = fragment
        self.timeline = timeline
    }

    /// What may have been used up before the next save: a start after a crash begins here.
    package var reserved: LiveNumbers {
        LiveNumbers(
            mediaSequence: mediaSequence + 64, discontinuity: discontinuity + 64, initialization: initialization + 64,
            fragment: fragment + 4096, timeline: timeline + 120 * 90_000)
    }

    /// Whether half of what `reservation` promised is used up: time to save a new one.
    package func isHalfThrough(_ reservation: LiveNumbers) -> Bool {
        reservation.mediaSequence - mediaSequence < 32 || reservation.discontinuity - discontinuity < 32
            || reservation.initialization - initialization < 32 || reservation.fragment - fragment < 2048
            || reservation.timeline - timeline < 60 * 90_000
    }
}

/// What a playlist promises for a stream's whole life (RFC 8216bis §4.4.3.1, §4.4.3.7): fixed once, never changed.
package struct LiveTargets: Sendable, Equatable, Codable {
    /// EXT-X-TARGETDURATION, seconds.
    package var targetDuration: Int
    /// PART-TARGET, 90 kHz ticks.
    package var partTarget: Int64

    package init(targetDuration: Int, partTarget: Int64) {
        self.targetDuration = targetDuration
        self.partTarget = partTarget
    }

    /// `targetDuration` in 90 kHz ticks.
    var targetTicks: Int64 { Int64(targetDuration) * 90_000 }
    /// CAN-SKIP-UNTIL: at least six target durations (§4.4.3.8).
    var skipTicks: Int64 { 6 * targetTicks }
    /// EXT-X-PART tags further from the end than this are left out (§6.2.2).
    var partsTicks: Int64 { 3 * targetTicks }
}
