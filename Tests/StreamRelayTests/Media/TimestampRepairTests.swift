import Testing

@testable import StreamRelay

/// 25 frames per second in 90 kHz ticks, and the microseconds that pass meanwhile.
private let frame: Int64 = 3_600
private let frameTime: Int64 = 40_000

@Suite struct `Timestamp repair` {
    /// Feeds decode times, a frame's time apart in arrival, and answers the repaired ones.
    private func run(_ times: [Int64?], repair: inout TimestampRepair, track: Int = 0, from begin: Int64 = 0) -> [Int64] {
        times.enumerated().map { index, time in
            repair.repair(track: track, decode: time, presentation: time, duration: 0, arrival: begin + Int64(index) * frameTime).decode
        }
    }

    @Test func `good timestamps pass unchanged`() {
        var repair = TimestampRepair(tracks: 1)
        let times = (0..<100).map { Int64($0) * frame }
        #expect(run(times, repair: &repair) == times)
        #expect(repair.repaired == 0)
        #expect(repair.jumps == 0)
    }

    @Test(arguments: [Int64(324_000_000), -324_000_000, Int64(1) << 32, -(Int64(1) << 33)])
    func `a jump of the camera's clock leaves no trace in the time line`(jump: Int64) {
        var repair = TimestampRepair(tracks: 1)
        let start = Int64(1) << 34
        let times = (0..<50).map { start + Int64($0) * frame } + (50..<100).map { start + Int64($0) * frame + jump }
        let repaired = run(times, repair: &repair)
        for (before, after) in zip(repaired, repaired.dropFirst()) { #expect(after - before == frame) }
        #expect(repair.jumps == 1)
    }

    @Test func `picture and sound keep together over a jump`() {
        var repair = TimestampRepair(tracks: 2)
        var last: (picture: Int64, sound: Int64) = (0, 0)
        for index in 0..<200 {
            let jump: Int64 = index < 100 ? 0 : 324_000_000
            let arrival = Int64(index) * frameTime
            let time = Int64(index) * frame + jump
            // the sound is 1,800 ticks behind the picture throughout, and jumps three packets later
            let soundJump: Int64 = index < 103 ? 0 : 324_000_000
            last.picture = repair.repair(track: 0, decode: time, presentation: time, duration: 0, arrival: arrival).decode
            let sound = Int64(index) * frame + soundJump - 1_800
            last.sound = repair.repair(track: 1, decode: sound, presentation: sound, duration: frame, arrival: arrival).decode
        }
        #expect(last.picture - last.sound == 1_800)
        #expect(repair.jumps == 1)
    }

    @Test func `time that was really lost stays lost`() {
        var repair = TimestampRepair(tracks: 1)
        _ = run([0, frame, 2 * frame], repair: &repair)
        // five seconds pass on the camera's clock and on ours
        let after = repair.repair(track: 0, decode: 2 * frame + 450_000, presentation: nil, duration: 0, arrival: 5_080_000)
        #expect(after.decode == 2 * frame + 450_000)
        #expect(repair.jumps == 0)
    }

    @Test func `a camera that falls behind and then leaves frames out has lost time, not jumped`() {
        var repair = TimestampRepair(tracks: 1)
        _ = run((0..<50).map { Int64($0) * frame }, repair: &repair)
        // Each frame is later than the one before until it is 1.5 s; then 40 frames are left out at once.
        for index in 50..<75 {
            let late = Int64(index - 49) * 60_000
            _ = repair.repair(
                track: 0, decode: Int64(index) * frame, presentation: nil, duration: 0, arrival: Int64(index) * frameTime + late)
        }
        let after = repair.repair(track: 0, decode: 115 * frame, presentation: nil, duration: 0, arrival: 115 * frameTime)
        #expect(after.decode == 115 * frame)
        #expect(repair.jumps == 0)
    }

    @Test func `a jump that the arrival does not allow is taken out, though packets were late`() {
        var repair = TimestampRepair(tracks: 1)
        _ = run((0..<50).map { Int64($0) * frame }, repair: &repair)
        _ = repair.repair(track: 0, decode: 50 * frame, presentation: nil, duration: 0, arrival: 50 * frameTime + 900_000)
        let after = repair.repair(track: 0, decode: 51 * frame + 270_000, presentation: nil, duration: 0, arrival: 51 * frameTime + 900_000)
        #expect(after.decode == 51 * frame)
        #expect(repair.jumps == 1)
    }

    @Test func `a repeated decode time moves on by one tick and is counted`() {
        var repair = TimestampRepair(tracks: 1)
        #expect(run([0, frame, frame, 2 * frame], repair: &repair) == [0, frame, frame + 1, 2 * frame])
        #expect(repair.repaired == 1)
    }

    @Test func `a missing timestamp is the usual step further`() {
        var repair = TimestampRepair(tracks: 1)
        #expect(run([0, frame, 2 * frame, nil, 4 * frame], repair: &repair) == [0, frame, 2 * frame, 3 * frame, 4 * frame])
        #expect(repair.repaired == 1)
    }

    @Test func `a looped file begins again without a counted jump`() {
        var repair = TimestampRepair(tracks: 1)
        _ = run((0..<100).map { Int64($0) * frame }, repair: &repair)
        repair.expectJump()
        let again = run((0..<100).map { Int64($0) * frame }, repair: &repair, from: 100 * frameTime)
        #expect(again.first == 100 * frame)
        #expect(repair.jumps == 0)
    }

    @Test func `whatever comes, decode times rise`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var repair = TimestampRepair(tracks: 1)
            var last = Int64.min
            for index in 0..<100 {
                let time: Int64? =
                    Int.random(in: 0..<10, using: &random) == 0 ? nil : Int64.random(in: -(1 << 40)...(1 << 40), using: &random)
                let repaired = repair.repair(track: 0, decode: time, presentation: time, duration: 0, arrival: Int64(index) * frameTime)
                #expect(repaired.decode > last)
                last = repaired.decode
            }
        }
    }
}
