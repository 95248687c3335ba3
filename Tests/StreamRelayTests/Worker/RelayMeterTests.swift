import Testing

@testable import StreamRelay

private let second: Int64 = 1_000_000

@Suite struct `What a relay counts` {
    private func vitals(_ meter: inout RelayMeter, at now: Int64) -> WorkerVitals {
        meter.vitals(at: now, repaired: 1, jumps: 2, dropped: 3, brokenKeyframes: 4, drift: 5, audioDrift: 6)
    }

    /// 25 pictures of 5,000 bytes a second, a keyframe every two seconds.
    private func stream(_ meter: inout RelayMeter, from begin: Int64 = 0, seconds: Int) {
        for index in 0..<(seconds * 25) {
            let now = begin + Int64(index) * 40_000
            meter.note(bytes: 5_000, isCorrupt: index == 7, at: now)
            meter.notePicture(at: now, decodeTime: now * 9 / 100, isKeyframe: index % 50 == 0)
        }
    }

    @Test func `rates are those of the last seconds, totals those since the start`() {
        var meter = RelayMeter(frameRateHint: 0)
        stream(&meter, seconds: 20)
        let found = vitals(&meter, at: 20 * second)
        #expect(abs(found.frameRate - 25) < 0.5)
        #expect(abs(found.bitRate - 1_000_000) < 20_000)
        #expect(found.gopSeconds == 2)
        #expect(found.videoFrames == 500 && found.bytesIn == 2_500_000 && found.corruptPackets == 1)
        #expect(found.repairedTimestamps == 1 && found.clockJumps == 2 && found.droppedFrames == 3 && found.brokenKeyframes == 4)
        #expect(found.idleMilliseconds == 40)
    }

    @Test func `a rate of a minute ago is forgotten`() {
        var meter = RelayMeter(frameRateHint: 0)
        stream(&meter, seconds: 20)
        for tick in 0..<10 { meter.note(bytes: 0, isCorrupt: false, at: 80 * second + Int64(tick) * second) }
        let found = vitals(&meter, at: 90 * second)
        #expect(found.frameRate == 0 && found.bitRate == 0)
    }

    @Test func `the time since the last packet grows while the camera is silent`() {
        var meter = RelayMeter(frameRateHint: 0)
        #expect(vitals(&meter, at: 5 * second).idleMilliseconds == 0, "no packet has come yet")
        meter.note(bytes: 1, isCorrupt: false, at: 5 * second)
        #expect(vitals(&meter, at: 8 * second).idleMilliseconds == 3_000)
    }

    @Test func `a report is due twice a second`() {
        var meter = RelayMeter(frameRateHint: 0)
        #expect(meter.isDue(at: 10 * second))
        _ = vitals(&meter, at: 10 * second)
        #expect(!meter.isDue(at: 10 * second + 499_999))
        #expect(meter.isDue(at: 10 * second + 500_000))
    }

    @Test func `what the source says of its frame rate goes before what was counted`() {
        var counted = RelayMeter(frameRateHint: 0)
        var named = RelayMeter(frameRateHint: 29.97)
        stream(&counted, seconds: 5)
        stream(&named, seconds: 5)
        _ = (vitals(&counted, at: 5 * second), vitals(&named, at: 5 * second))
        #expect(abs(counted.knownFrameRate - 25) < 0.5)
        #expect(named.knownFrameRate == 29.97)
    }
}
