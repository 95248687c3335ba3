/// Plays a file in real time: how long a frame has still to wait. Media times are 90 kHz ticks, all others microseconds of a steady clock.
struct FilePacer {
    /// More lateness than this (a machine that slept) is not caught up: the pace begins anew.
    static let latenessLimit: Int64 = 2_000_000

    private var start: (media: Int64, wall: Int64)?

    /// - Returns: 0 when the frame is due.
    mutating func wait(for media: Int64, at now: Int64) -> Int64 {
        guard let start else {
            self.start = (media, now)
            return 0
        }
        let due = start.wall + (media - start.media) * 100 / 9
        if now - due > Self.latenessLimit { self.start = (media, now) }
        return max(0, due - now)
    }
}
