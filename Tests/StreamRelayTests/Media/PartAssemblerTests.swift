import NIOCore
import Testing

@testable import StreamRelay

@Suite struct `Cutting parts and segments` {
    private func assembler(
        part: Double = 0.5, segment: Double = 2, maximum: Double = 10, target: Int64? = nil, audio: [Int] = []
    ) -> PartAssembler {
        PartAssembler(
            policy: CutPolicy(segmentDuration: segment, segmentMaximum: maximum, partDuration: part, partTarget: target), hasVideo: true,
            audioTimescales: audio)
    }

    private let payload = ByteBuffer(bytes: [0, 0, 0, 1, 0x65])

    private func relay(_ times: [Int64], keyframes: Set<Int>, in assembler: inout PartAssembler) -> [RelayedPart] {
        var parts: [RelayedPart] = []
        for (index, time) in times.enumerated() {
            parts += assembler.video(
                VideoFrame(decodeTime: time, presentationTime: time, isKeyframe: keyframes.contains(index), payload: payload)
            ).map(\.part)
        }
        return parts + assembler.flush().map(\.part)
    }

    private func steady(_ count: Int, step: Int64, from start: Int64 = 0) -> [Int64] { (0..<count).map { start + Int64($0) * step } }

    @Test(arguments: [(25, 0.5), (25, 0.2), (25, 0.04), (50, 0.5), (15, 0.5), (10, 0.2), (60, 1.0), (5, 0.5)])
    func `at a steady rate all parts but a segment's last fill 85 % of PART-TARGET and none passes it`(rate: Int, part: Double) {
        var assembler = assembler(part: part)
        let gop = rate * 2
        let parts = relay(
            steady(rate * 20, step: 90_000 / Int64(rate)), keyframes: Set(stride(from: 0, to: rate * 20, by: gop)), in: &assembler)
        for (index, part) in parts.enumerated().dropLast() {
            #expect(part.duration <= part.partTarget)
            let endsSegment = parts[index + 1].startsSegment
            if !endsSegment { #expect(part.duration * 100 >= part.partTarget * 85, "part \(index)") }
            #expect(parts[index + 1].decodeTime == part.decodeTime + part.duration)
        }
        #expect(Set(parts.map(\.partTarget)).count == 1)
        #expect(parts.filter(\.startsSegment).count == 10)
        #expect(parts.filter(\.startsSegment).allSatisfy { $0.independent })
    }

    @Test(arguments: [
        (25.0, 0.5, [13, 13, 13, 11]), (29.97, 0.5, [15, 15, 15, 15]), (30, 0.5, [15, 15, 15, 15]), (24, 0.5, [12, 12, 12, 12]),
        (25, 0.2, Array(repeating: 5, count: 10)), (29.97, 0.2, Array(repeating: 6, count: 10)), (15, 0.5, [8, 8, 8, 6]),
    ])
    func `a part is the whole number of frames nearest to its duration, so that no segment ends in a rest`(
        rate: Double, part: Double, frames: [Int]
    ) {
        for jitter in [0.0, 0.01] {
            var assembler = assembler(part: part)
            let frame = 90_000 / rate
            let gop = Int((rate * 2).rounded())
            let times = (0..<gop * 5).map { Int64((Double($0) * frame + ($0 % 2 == 0 ? jitter * frame : 0)).rounded()) }
            let parts = relay(times, keyframes: Set(stride(from: 0, to: gop * 5, by: gop)), in: &assembler)
            let counts = parts.map { Int((Double($0.duration) / frame).rounded()) }
            #expect(counts == Array(repeating: frames, count: 5).flatMap { $0 }, "jitter of \(jitter) frames")
            #expect(parts.allSatisfy { $0.duration <= $0.partTarget })
        }
    }

    @Test func `29.97 frames per second with timestamps rounded to milliseconds`() {
        var assembler = assembler(part: 0.2)
        let times = (0..<900).map { Int64((Double($0) * 1001 / 30).rounded()) * 90 }
        let parts = relay(times, keyframes: Set(stride(from: 0, to: 900, by: 60)), in: &assembler)
        for (part, next) in zip(parts, parts.dropFirst()) {
            #expect(part.duration <= part.partTarget)
            if !next.startsSegment { #expect(part.duration * 100 >= part.partTarget * 85) }
        }
    }

    @Test func `frames before the first keyframe are dropped`() {
        var assembler = assembler()
        let parts = relay(steady(100, step: 3_600), keyframes: [30, 80], in: &assembler)
        #expect(parts.first?.decodeTime == 0)
        #expect(parts.first?.independent == true)
        #expect(assembler.droppedFrames == 30)
    }

    @Test func `a GOP longer than the maximum is cut without a keyframe, and never past it`() {
        var assembler = assembler(maximum: 4)
        let parts = relay(steady(500, step: 3_600), keyframes: [0, 250], in: &assembler)
        let starts = parts.filter(\.startsSegment)
        #expect(starts.contains { !$0.independent })
        for (start, next) in zip(starts, starts.dropFirst()) { #expect(next.decodeTime - start.decodeTime <= 360_000) }
        #expect(starts.first { $0.decodeTime == 900_000 }?.independent == true)
    }

    @Test func `a short GOP does not make short segments`() {
        var assembler = assembler()
        let parts = relay(steady(500, step: 3_600), keyframes: Set(stride(from: 0, to: 500, by: 10)), in: &assembler)
        let starts = parts.filter(\.startsSegment)
        for (start, next) in zip(starts, starts.dropFirst()) { #expect(next.decodeTime - start.decodeTime == 180_000) }
    }

    @Test func `one late frame is caught up and breaks nothing`() {
        var assembler = assembler(part: 0.04)
        var times = steady(100, step: 3_600)
        times[50] += 1_500
        let parts = relay(times, keyframes: [0, 50], in: &assembler)
        #expect(parts.allSatisfy { !$0.discontinuity && $0.duration <= $0.partTarget })
        #expect(parts.last.map { $0.decodeTime + $0.duration } == 360_000)
    }

    @Test func `a hole of seconds breaks the time line by just that hole`() {
        var assembler = assembler()
        let times = steady(60, step: 3_600) + steady(60, step: 3_600, from: 60 * 3_600 + 270_000)
        let parts = relay(times, keyframes: [0, 50, 60, 110], in: &assembler)
        let broken = parts.filter(\.discontinuity)
        #expect(broken.count == 1)
        #expect(broken.first?.decodeTime == Int64(486_000))
        #expect(broken.first?.startsSegment == true)
    }

    @Test func `after the daemon filled a loss nothing comes until a keyframe`() {
        var assembler = assembler()
        _ = relay(steady(60, step: 3_600), keyframes: [0, 50], in: &assembler)
        assembler.resumeAtKeyframe()
        let parts = relay(steady(60, step: 3_600, from: 60 * 3_600), keyframes: [20], in: &assembler)
        #expect(parts.first?.startsSegment == true)
        #expect(parts.first?.independent == true)
        #expect(parts.first?.decodeTime == Int64(288_000))
    }

    @Test func `PART-TARGET that the stream's life has fixed is kept by a camera of another rate`() {
        var assembler = assembler(target: 45_360)
        let parts = relay(steady(150, step: 6_000), keyframes: Set(stride(from: 0, to: 150, by: 30)), in: &assembler)
        #expect(parts.allSatisfy { $0.partTarget == 45_360 && $0.duration <= 45_360 })
    }

    @Test func `sound goes out with the picture it belongs to`() {
        var assembler = assembler(audio: [48_000])
        var parts: [RelayedPart] = []
        for index in 0..<100 {
            let time = Int64(index) * 3_600
            parts += assembler.video(VideoFrame(decodeTime: time, presentationTime: time, isKeyframe: index % 50 == 0, payload: payload))
                .map(\.part)
            while soundTime < time + 3_600 {
                parts += assembler.audio(lane: 0, time: soundTime, samples: 1_024, payload: payload).map(\.part)
                soundTime += 1_920
            }
        }
        let boxes = parts.map { FragmentReader($0.fragments[0]) }
        var end: [UInt32: Int64] = [:]
        for fragment in boxes {
            #expect(fragment.tracks.map(\.id) == [1, 2])
            for track in fragment.tracks {
                if let expected = end[track.id] { #expect(track.decodeTime == expected) }
                end[track.id] = track.decodeTime + track.duration
            }
        }
    }
    private var soundTime: Int64 {
        get { storage.value }
        nonmutating set { storage.value = newValue }
    }
    private let storage = Box()
    private final class Box { var value: Int64 = 0 }

    /// Two tracks of sound whose packets come 0.3 s after the picture's, as MPEG-TS sends them; the second one ends early.
    private func relayWithLateSound(seconds: Int, secondEndsAt: Double = .infinity) -> (parts: [RelayedPart], worstWait: Int64) {
        var assembler = assembler(audio: [48_000, 48_000])
        var parts: [RelayedPart] = []
        var worst: Int64 = 0
        var sent: Int64 = 0
        for index in 0..<(seconds * 25) {
            let time = Int64(index) * 3_600
            var out = assembler.video(
                VideoFrame(decodeTime: time, presentationTime: time, isKeyframe: index % 50 == 0, payload: payload))
            while sent * 1_920 < time - 27_000 {
                out += assembler.audio(lane: 0, time: sent * 1_920, samples: 1_024, payload: payload)
                if Double(sent) * 1_920 / 90_000 < secondEndsAt {
                    out += assembler.audio(lane: 1, time: sent * 1_920, samples: 1_024, payload: payload)
                }
                sent += 1
            }
            for part in out.map(\.part) { worst = max(worst, time - part.decodeTime - part.duration) }
            parts += out.map(\.part)
        }
        return (parts + assembler.flush().map(\.part), worst)
    }

    @Test func `a further track's part lasts what it says, though its sound comes late`() {
        let (parts, wait) = relayWithLateSound(seconds: 20)
        #expect(parts.count >= 40)
        // the end is cut off before its sound has come
        for part in parts.dropLast(2) {
            #expect(part.fragments[1].readableBytes > 0, "a part without sound would be listed as a GAP")
            let sound = FragmentReader(part.fragments[1]).tracks[0]
            #expect(abs(Double(sound.duration) / 48_000 - Double(part.duration) / 90_000) <= 0.0215)
        }
        for (part, next) in zip(parts, parts.dropFirst()) { #expect(next.decodeTime == part.decodeTime + part.duration) }
        #expect(wait <= 36_000)
    }

    @Test func `a track that falls silent holds the picture back no longer than its patience`() {
        let (parts, wait) = relayWithLateSound(seconds: 20, secondEndsAt: 6)
        #expect(wait <= 63_000 + 3_600)
        #expect(parts.reduce(0) { $0 + $1.duration } == 20 * 90_000)
        #expect(parts.dropLast(3).suffix(10).allSatisfy { $0.fragments[1].readableBytes == 0 })
    }

    @Test func `a part says that it is its segment's last exactly when the next starts one`() {
        var assembler = assembler(maximum: 4)
        let times = steady(260, step: 3_600) + steady(100, step: 3_600, from: 260 * 3_600 + 270_000)
        let parts = relay(times, keyframes: [0, 50, 100, 260, 310], in: &assembler)
        for (part, next) in zip(parts, parts.dropFirst()) { #expect(part.endsSegment == next.startsSegment) }
        #expect(parts.last?.endsSegment == true)
        #expect(parts.filter(\.endsSegment).count >= 5)
    }

    @Test func `random frame times keep every promise of a part`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            var assembler = assembler(part: Double.random(in: 0.04...1, using: &random), maximum: 6)
            var time: Int64 = 0
            var times: [Int64] = []
            for _ in 0..<400 {
                times.append(time)
                time +=
                    Int.random(in: 0..<40, using: &random) == 0
                    ? .random(in: 1...900_000, using: &random) : .random(in: 900...7_200, using: &random)
            }
            let keyframes = Set([0] + (0..<20).map { _ in Int.random(in: 0..<400, using: &random) })
            let parts = relay(times, keyframes: keyframes, in: &assembler)
            #expect(Set(parts.map(\.partTarget)).count <= 1)
            for part in parts { #expect(part.duration > 0 && part.duration <= part.partTarget) }
            for (part, next) in zip(parts, parts.dropFirst()) {
                if next.discontinuity {
                    #expect(next.decodeTime >= part.decodeTime + part.duration)
                } else {
                    #expect(next.decodeTime == part.decodeTime + part.duration)
                }
            }
        }
    }
}
