import Foundation

/// One reading of both clocks: the one people set and the one nobody can.
package struct ClockReading: Hashable, Sendable {
    package var wall: UTCMilliseconds
    /// Milliseconds of a clock that only goes forward.
    package var steady: Int64

    package init(wall: UTCMilliseconds, steady: Int64) {
        self.wall = wall
        self.steady = steady
    }

    /// This machine's clocks.
    package static func system() -> ClockReading {
        ClockReading(
            wall: UTCMilliseconds(Int64((Date().timeIntervalSince1970 * 1000).rounded(.down))),
            steady: Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000))
    }

    /// Milliseconds by which the wall clock was set since `earlier`; `nil` for mere drift.
    func step(since earlier: ClockReading) -> Int64? {
        let elapsed = steady - earlier.steady
        let step = (wall - earlier.wall) - elapsed
        return abs(step) > max(1000, elapsed / 500) ? step : nil
    }
}
