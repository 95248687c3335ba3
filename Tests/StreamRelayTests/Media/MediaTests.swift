import NIOCore
import Testing

@testable import StreamRelay

@Suite struct `Fragments` {
    private func sample(_ bytes: [UInt8], duration: UInt32 = 3_600, offset: Int32 = 0, sync: Bool = false) -> FragmentWriter.Sample {
        .init(duration: duration, compositionOffset: offset, isSync: sync, payload: ByteBuffer(bytes: bytes))
    }

    @Test func `what is written is read back`() {
        let picture = FragmentWriter.TrackRun(
            trackID: 1, baseDecodeTime: 900_000, samples: [sample([1, 2, 3], offset: 7_200, sync: true), sample([4], offset: -3_600)])
        let sound = FragmentWriter.TrackRun(trackID: 2, baseDecodeTime: 480_000, samples: [sample([5, 6], duration: 1_024, sync: true)])
        let fragment = FragmentReader(FragmentWriter.write(sequence: 7, runs: [picture, sound]))
        #expect(fragment.sequence == 7)
        #expect(fragment.mediaBytes == 6)
        #expect(fragment.tracks.map(\.id) == [1, 2])
        #expect(fragment.tracks[0].offsets == [7_200, -3_600])
        #expect(fragment.tracks[0].syncs == [true, false])
        #expect(fragment.tracks[0].sizes == [3, 1])
        #expect(fragment.tracks[1].durations == [1_024])
    }

    @Test func `nothing to say is no bytes`() {
        #expect(FragmentWriter.write(sequence: 1, runs: [.init(trackID: 1, baseDecodeTime: 0, samples: [])]).readableBytes == 0)
    }

    @Test func `a fragment moves in time on each track's own scale`() {
        let runs = [
            FragmentWriter.TrackRun(trackID: 1, baseDecodeTime: 100, samples: [sample([1])]),
            FragmentWriter.TrackRun(trackID: 2, baseDecodeTime: 50, samples: [sample([2])]),
        ]
        var fragment = FragmentWriter.write(sequence: 1, runs: runs)
        #expect(FragmentWriter.rebase(&fragment, sequence: 99, offset: 900_000, timescales: [90_000, 48_000]))
        let moved = FragmentReader(fragment)
        #expect(moved.sequence == 99)
        #expect(moved.tracks.map(\.decodeTime) == [900_100, 480_050])
    }

    @Test func `sound that begins before the picture survives the move`() {
        let run = FragmentWriter.TrackRun(trackID: 1, baseDecodeTime: UInt64(bitPattern: -480), samples: [sample([1])])
        var fragment = FragmentWriter.write(sequence: 1, runs: [run])
        FragmentWriter.rebase(&fragment, sequence: 2, offset: 900_000, timescales: [48_000])
        #expect(FragmentReader(fragment).tracks[0].decodeTime == 479_520)
    }

    @Test(arguments: [0, 1, 7, 30, 60])
    func `rubbish is not moved`(length: Int) {
        var rubbish = ByteBuffer(bytes: (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37) })
        let before = rubbish
        #expect(!FragmentWriter.rebase(&rubbish, sequence: 1, offset: 1, timescales: [90_000]))
        #expect(rubbish == before)
    }
}

@Suite struct `Sound lanes` {
    private let payload = ByteBuffer(bytes: [1])

    private func run(_ times: [Int64], lane: inout AudioLane) -> FragmentWriter.TrackRun {
        for time in times { lane.append(payload: payload, time: time, samples: 1_024) }
        return lane.take(before: .max, trackID: 2)
    }

    @Test func `a clock 500 ppm slow is followed by a tick here and there`() {
        var lane = AudioLane(timescale: 48_000)
        let times = (0..<10_000).map { Int64((Double($0) * 1_024 * 1.0005).rounded()) }
        var samples: [FragmentWriter.Sample] = []
        for begin in stride(from: 0, to: times.count, by: 100) { samples += run(Array(times[begin..<begin + 100]), lane: &lane).samples }
        let drifted = samples.reduce(Int64(0)) { $0 + Int64($1.duration) }
        #expect(abs(drifted - times.last!) < 200)
        #expect(samples.allSatisfy { abs(Int64($0.duration) - 1_024) <= 1 })
        #expect(lane.resyncs == 0)
    }

    @Test func `a hole of half a second becomes one long frame`() {
        var lane = AudioLane(timescale: 48_000)
        let run = run([0, 1_024, 2_048, 26_048, 27_072], lane: &lane)
        #expect(run.samples.map(\.duration) == [1_024, 1_024, 24_000, 1_024])
        #expect(lane.resyncs == 1)
    }

    @Test func `jitter under 2 ms changes nothing`() {
        var lane = AudioLane(timescale: 48_000)
        let run = run([0, 1_050, 2_040, 3_080, 4_096], lane: &lane)
        #expect(run.samples.allSatisfy { $0.duration == 1_024 })
    }

    @Test func `an overlap drops frames`() {
        var lane = AudioLane(timescale: 48_000)
        _ = run([0, 1_024, 2_048, 3_072 - 24_000, 4_096 - 24_000, 5_120], lane: &lane)
        #expect(lane.dropped == 2)
    }

    @Test func `sound before the picture is not heard`() {
        var lane = AudioLane(timescale: 48_000)
        for time in stride(from: Int64(0), to: 48_000, by: 1_024) { lane.append(payload: payload, time: time, samples: 1_024) }
        lane.discard(before: 24_000)
        #expect(Int64(bitPattern: lane.take(before: .max, trackID: 2).baseDecodeTime) >= 24_000)
    }
}

@Suite struct `The programme's clock` {
    @Test func `late packets do not move it`() {
        var clock = ProgramClock(captureDelay: 0)
        let start: Int64 = 1_000_000_000_000
        for index in 0..<500 {
            let time = Int64(index) * 40_000
            clock.observe(time: time, arrival: start + time + Int64(index % 7) * 30_000)
        }
        #expect(clock.programDateTime(of: 20_000_000, now: start + 30_000_000) == start + 20_000_000)
    }

    @Test func `it is never in the future`() {
        var clock = ProgramClock(captureDelay: 0)
        clock.observe(time: 0, arrival: 1_000)
        #expect(clock.programDateTime(of: 5_000_000, now: 2_000) == 2_000)
    }

    @Test func `a camera that runs slow is followed by at most a millisecond per second`() {
        var clock = ProgramClock(captureDelay: 0)
        let start: Int64 = 1_000_000_000_000
        var last: Int64?
        for index in 0..<10_000 {
            let time = Int64(index) * 40_000
            let arrival = start + time + time / 5_000
            clock.observe(time: time, arrival: arrival)
            let date = clock.programDateTime(of: time, now: arrival)
            if let last { #expect(abs(date - last - 40_000) <= 41) }
            #expect(abs(date - arrival) < 50_000)
            last = date
        }
        #expect(abs(clock.driftPPM + 200) < 20)
    }

    @Test func `a wall clock set by an hour is followed at once`() {
        var clock = ProgramClock(captureDelay: 0)
        clock.observe(time: 0, arrival: 1_000_000)
        clock.observe(time: 40_000, arrival: 3_601_040_000)
        #expect(clock.programDateTime(of: 40_000, now: 3_601_040_000) == 3_601_040_000)
    }

    @Test func `the delay of the lens is taken off`() {
        var clock = ProgramClock(captureDelay: 0.25)
        clock.observe(time: 0, arrival: 1_000_000)
        #expect(clock.programDateTime(of: 0, now: 1_000_000) == 750_000)
    }
}

@Suite struct `Byte streams` {
    private func units(_ bytes: [UInt8]) -> [[UInt8]] {
        bytes.withUnsafeBytes { raw in AnnexB.units(in: raw).map { Array(raw[$0]) } }
    }

    @Test(
        arguments: [
            ([0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 0, 1, 0x65, 3], [[0x67, 1], [0x68, 2], [0x65, 3]]),
            ([0, 0, 1, 0x65, 0, 0, 3, 1, 0, 0, 0], [[0x65, 0, 0, 3, 1]]),
            ([0, 0, 1, 0, 0, 1, 0x41], [[0x41]]),
            ([1, 2, 3], []), ([], []), ([0, 0, 1], []),
        ] as [([UInt8], [[UInt8]])])
    func `units are found between start codes`(bytes: [UInt8], expected: [[UInt8]]) {
        #expect(units(bytes) == expected)
    }

    @Test func `an access unit keeps slices and drops delimiters`() {
        let bytes: [UInt8] = [0, 0, 0, 1, 9, 0xF0, 0, 0, 0, 1, 0x67, 7, 0, 0, 0, 1, 0x65, 8]
        let unit = bytes.withUnsafeBytes { AccessUnit(codec: .h264, bytes: $0, units: AnnexB.units(in: $0)) }
        #expect(Array(unit.payload.readableBytesView) == [0, 0, 0, 2, 0x67, 7, 0, 0, 0, 2, 0x65, 8])
        #expect(unit.parameterSets == [0, 0, 0, 1, 0x67, 7])
        #expect(unit.holdsKeyframe)
    }

    @Test func `damaged lengths end an access unit early`() {
        let bytes: [UInt8] = [0, 0, 0, 1, 0x41, 0xFF, 0xFF, 0xFF, 0xFF, 1]
        let units = bytes.withUnsafeBytes { AnnexB.lengthPrefixedUnits(in: $0, lengthSize: 4) }
        #expect(units == [4..<5])
    }

    @Test func `codec strings`() {
        #expect(CodecString.avc([1, 0x64, 0x00, 0x28]) == "avc1.640028")
        #expect(CodecString.hevc([1, 0x01, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 0x5D]) == "hvc1.1.6.L93.90")
    }

    @Test func `ADTS and AudioSpecificConfig`() {
        let frame: [UInt8] = [0xFF, 0xF1, 0x4C, 0x80, 0x01, 0x7F, 0xFC, 0x21]
        let found = frame.withUnsafeBytes { AACConfig.adts($0) }
        #expect(found?.config == AACConfig(objectType: 2, sampleRate: 48_000, channels: 2))
        #expect(found?.header == 7)
        let config = AACConfig(objectType: 2, sampleRate: 44_100, channels: 2)!
        #expect(config.audioSpecificConfig == [0x12, 0x10])
        let read = config.audioSpecificConfig.withUnsafeBytes { AACConfig(audioSpecificConfig: $0) }
        #expect(read == config)
    }
}
