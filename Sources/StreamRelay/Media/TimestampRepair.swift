/// Makes a camera's timestamps usable: monotonic, complete, and on one time line through wraps, restarts and jumps of its clock.
///
/// Both tracks share the corrections, so that picture and sound stay together when the camera's clock jumps: the track that jumps
/// first finds the correction, the other takes it over.
package struct TimestampRepair: Sendable {
    /// 90 kHz ticks. Beyond this, backward or ahead of the packets' own arrival, a step is a jump of the clock and not lost time.
    package static let jump: Int64 = 90_000

    /// A frame's repaired times, 90 kHz ticks.
    package struct Times: Sendable, Equatable {
        package var decode: Int64
        package var presentation: Int64
    }

    private struct Track {
        var correction: Int64 = 0
        var lastDecode: Int64?
        /// The usual step between frames, ticks.
        var step: Int64 = 3_600
    }

    private var tracks: [Track]
    /// The newest correction any track has found.
    private var newest: Int64 = 0
    /// How far any track has come.
    private var front: Int64 = .min
    private var jumpIsExpected = false
    /// The least `arrival − time` lately, ticks: that of a packet without delay. `nil` before the first and after a jump.
    private var promptest: Int64?
    private var lastArrival: Int64 = 0

    /// Timestamps that were missing, repeated or backward.
    package private(set) var repaired = 0
    /// Jumps of the camera's clock taken out.
    package private(set) var jumps = 0

    package init(tracks count: Int) { tracks = Array(repeating: Track(), count: count) }

    package mutating func addTrack() { tracks.append(Track()) }

    /// The input begins again from its start (a looped file): the jump that follows is no fault.
    package mutating func expectJump() { jumpIsExpected = true }

    /// The usual step between the frames of a track, 90 kHz ticks.
    package func step(of track: Int) -> Int64 { tracks[track].step }

    /// - Parameters:
    ///   - decode, presentation: 90 kHz ticks as the camera gave them; `nil` when missing.
    ///   - duration: the frame's own, 0 when unknown.
    ///   - arrival: microseconds on any steady clock.
    package mutating func repair(track index: Int, decode: Int64?, presentation: Int64?, duration: Int64, arrival: Int64) -> Times {
        var track = tracks[index]
        if duration > 0, duration < Self.jump { track.step = duration }
        let given = decode ?? presentation
        if given == nil || presentation == nil { repaired += 1 }

        guard let last = track.lastDecode else {
            track.correction = newest
            let first = (given ?? 0) + track.correction
            track.lastDecode = first
            tracks[index] = track
            noteDelay(of: first, arrival: arrival)
            front = max(front, first)
            return Times(decode: first, presentation: max(first, (presentation ?? given ?? 0) + track.correction))
        }

        let expected = last + track.step
        var time = given.map { $0 + track.correction } ?? expected
        if let given, isJump(from: last, to: time, arrival: arrival) {
            correct(&track, given: given, expected: expected)
            time = given + track.correction
            promptest = nil
        }
        if time <= last {
            repaired += 1
            time = last + 1
        } else if time - last < Self.jump, duration <= 0 {
            // a running mean over some sixteen frames follows a change of rate and tolerates one late frame
            track.step += ((time - last) - track.step) / 16
        }
        let presented = presentation.map { $0 + track.correction } ?? time
        track.lastDecode = time
        tracks[index] = track
        noteDelay(of: time, arrival: arrival)
        front = max(front, time)
        // A presentation before the decode time by less than a jump is what negative composition offsets are for.
        return Times(decode: time, presentation: presented < time - Self.jump || presented > time + 10 * Self.jump ? time : presented)
    }

    /// A camera that was late, or whose packets were, and then leaves frames out, has lost time: only a time that its own arrival does not
    /// allow is a jump.
    private func isJump(from last: Int64, to time: Int64, arrival: Int64) -> Bool {
        let step = time - last
        if step < -Self.jump { return true }
        let due = arrival * 9 / 100 - (promptest ?? arrival * 9 / 100 - last)
        return step > Self.jump && time > max(due, last) + Self.jump
    }

    /// Follows a camera whose clock runs slow, up to one in a thousand.
    private mutating func noteDelay(of time: Int64, arrival: Int64) {
        let delay = arrival * 9 / 100 - time
        let elapsed = max(0, arrival - lastArrival)
        promptest = promptest.map { min($0 + elapsed * 9 / 100_000, delay) } ?? delay
        lastArrival = arrival
    }

    private mutating func correct(_ track: inout Track, given: Int64, expected: Int64) {
        // The track that jumps second fits where it left off, or where the other is now, when it was silent meanwhile.
        let adopted = given + newest
        if newest != track.correction, abs(adopted - expected) < Self.jump || (adopted > expected && abs(adopted - front) < Self.jump) {
            track.correction = newest
            return
        }
        track.correction = expected - given
        newest = track.correction
        if jumpIsExpected { jumpIsExpected = false } else { jumps += 1 }
    }
}
