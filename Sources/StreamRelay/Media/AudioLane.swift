import NIOCore

/// One audio track before it is cut into parts: frames on a sample counter that follows the camera's timestamps gradually.
///
/// A clock that drifts is followed by a sample or so per frame, which is inaudible; a hole over 100 ms is kept as a long
/// frame; an overlap drops frames. One frame is held back, so that each has its true duration.
package struct AudioLane: Sendable {
    /// Beyond this many seconds' worth of frames in the queue the oldest are dropped: no picture comes.
    private static let queueLimit = 2_000

    package let timescale: Int
    private var ready: [FragmentWriter.Sample] = []
    /// Ticks; where the first of `ready` begins.
    private var readyTime: Int64 = 0
    private var held: (payload: ByteBuffer, samples: Int64)?
    /// Ticks; where `held` begins.
    private var heldTime: Int64 = 0

    package private(set) var dropped = 0
    /// Ticks of gradual correction so far: + when the camera's audio clock runs slow.
    package private(set) var slewed: Int64 = 0
    /// Ticks of sound so far.
    package private(set) var carried: Int64 = 0
    /// Holes and overlaps over 100 ms.
    package private(set) var resyncs = 0

    package init(timescale: Int) { self.timescale = timescale }

    /// - Parameters:
    ///   - time: ticks from the time line's start; frames before it are dropped.
    ///   - samples: the frame's nominal duration in ticks.
    package mutating func append(payload: ByteBuffer, time: Int64, samples: Int64) {
        guard let previous = held else {
            guard time >= 0 else { return dropped += 1 }
            held = (payload, samples)
            if ready.isEmpty { heldTime = time }
            return
        }
        let error = time - (heldTime + previous.samples)
        let tolerance = Int64(timescale / 10)
        if error < -tolerance, error > -Int64(timescale) * 10 {
            dropped += 1
            return
        }
        var duration = previous.samples
        if error > tolerance {
            resyncs += 1
            duration += min(error, Int64(timescale) * 10)
        } else if abs(error) > Int64(timescale) / 500 {
            // beyond 2 ms: one tick in a thousand, which outruns any clock's drift
            let step = max(1, previous.samples / 1_000) * error.signum()
            duration += step
            slewed += step
        }
        seal(duration: duration)
        held = (payload, samples)
    }

    private mutating func seal(duration: Int64) {
        guard let frame = held else { return }
        if ready.isEmpty { readyTime = heldTime }
        ready.append(.init(duration: UInt32(max(1, duration)), compositionOffset: 0, isSync: true, payload: frame.payload))
        heldTime += duration
        carried += duration
        held = nil
        if ready.count > Self.queueLimit {
            let excess = ready.prefix(Self.queueLimit / 2)
            readyTime += excess.reduce(0) { $0 + Int64($1.duration) }
            dropped += excess.count
            ready.removeFirst(Self.queueLimit / 2)
        }
    }

    /// Takes the frames that begin before `end` (ticks).
    package mutating func take(before end: Int64, trackID: UInt32) -> FragmentWriter.TrackRun {
        var time = readyTime
        var count = 0
        while count < ready.count, time < end {
            time += Int64(ready[count].duration)
            count += 1
        }
        let run = FragmentWriter.TrackRun(
            trackID: trackID, baseDecodeTime: UInt64(bitPattern: readyTime), samples: Array(ready.prefix(count)))
        ready.removeFirst(count)
        readyTime = time
        return run
    }

    /// Drops the frames that begin before `start` (ticks): there is no picture for them.
    package mutating func discard(before start: Int64) {
        while let first = ready.first, readyTime < start {
            readyTime += Int64(first.duration)
            ready.removeFirst()
        }
        if ready.isEmpty, held != nil, heldTime < start { held = nil }
    }

    /// Ends the held frame at its nominal length, as before a break of the time line.
    package mutating func flush() {
        if let frame = held { seal(duration: frame.samples) }
    }

    /// Drops everything queued: the time line goes on at another place.
    package mutating func clear() {
        ready = []
        held = nil
    }

    /// 90 kHz ticks; where the frames that are ready end.
    package var readyEnd: Int64 {
        let end = ready.isEmpty ? heldTime : readyTime + ready.reduce(0) { $0 + Int64($1.duration) }
        return (end * 90_000 + Int64(timescale) / 2) / Int64(timescale)
    }

    package var isEmpty: Bool { ready.isEmpty && held == nil }
}
