/// A moment on both clocks; every rule here takes it as a parameter.
package struct Moment: Sendable, Equatable {
    /// Nanoseconds of a clock that never jumps: deadlines and pace.
    package var monotonic: Int64
    /// UTC microseconds: EXT-X-PROGRAM-DATE-TIME and status.
    package var utc: Int64

    package init(monotonic: Int64, utc: Int64) {
        self.monotonic = monotonic
        self.utc = utc
    }
}

extension Int64 {
    /// Seconds as nanoseconds.
    static func seconds(_ value: Double) -> Int64 { Int64(value * 1e9) }
    /// 90 kHz ticks as nanoseconds.
    static func nanoseconds(ticks: Int64) -> Int64 { ticks * 100_000 / 9 }
}
