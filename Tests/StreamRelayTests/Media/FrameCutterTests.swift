import NIOCore
import Testing

@testable import StreamRelay

@Suite struct `Cutting single frames` {
    private func frame(_ time: Int64, shown: Int64? = nil, isKeyframe: Bool = false) -> VideoFrame {
        VideoFrame(decodeTime: time, presentationTime: shown ?? time, isKeyframe: isKeyframe, payload: ByteBuffer(bytes: [1, 2, 3]))
    }

    @Test func `nothing is cut before a keyframe`() {
        var cutter = FrameCutter(frameRate: 25)
        #expect(cutter.cut(frame(0)) == nil)
        #expect(cutter.cut(frame(3600, isKeyframe: true))?.isKeyframe == true)
    }

    @Test func `a frame is a fragment of its own at its own time, and reaches over the next one's beginning`() throws {
        var cutter = FrameCutter(frameRate: 25)
        var sent: [RelayedFrame] = []
        for index in 0..<100 {
            let cut = cutter.cut(frame(Int64(index) * 3600, isKeyframe: index % 50 == 0))
            sent.append(try #require(cut))
        }
        #expect(sent.map(\.decodeTime) == (0..<100).map { Int64($0) * 3600 })
        #expect(sent.allSatisfy { $0.duration == 7200 })
        #expect(sent.map(\.startsAnew) == [true] + [Bool](repeating: false, count: 99))
    }

    @Test func `no decode time is further from the last than a browser allows, and presentation stays true`() throws {
        var cutter = FrameCutter(frameRate: 25)
        var times: [Int64] = [0]
        // 400 ms without a frame, a burst, then on.
        for step in [3600, 3600, 36_000, 90, 90, 3600, 3600, 3600] as [Int64] { times.append(times.last! + step) }
        var last: RelayedFrame?
        for (index, time) in times.enumerated() {
            let made = cutter.cut(frame(time, shown: time + 7200, isKeyframe: index == 0))
            let cut = try #require(made)
            let box = try #require(FragmentReader(cut.fragment).tracks.first)
            #expect(box.decodeTime == cut.decodeTime)
            #expect(cut.decodeTime + Int64(box.offsets[0]) == time + 7200)
            if let last {
                #expect(cut.decodeTime > last.decodeTime)
                #expect(cut.decodeTime - last.decodeTime <= 2 * last.duration)
            }
            last = cut
        }
    }

    @Test func `a keyframe behind a hole begins anew, other frames never do`() throws {
        var cutter = FrameCutter(frameRate: 25)
        for index in 0..<20 { _ = cutter.cut(frame(Int64(index) * 3600, isKeyframe: index == 0)) }
        #expect(cutter.cut(frame(900_000))?.startsAnew == false)
        #expect(cutter.cut(frame(1_800_000, isKeyframe: true))?.startsAnew == true)
    }

    @Test func `a camera that turns slow is followed`() throws {
        var cutter = FrameCutter(frameRate: 25)
        var time: Int64 = 0
        _ = cutter.cut(frame(0, isKeyframe: true))
        for _ in 0..<200 {
            time += 45_000
            _ = cutter.cut(frame(time))
        }
        #expect(cutter.cut(frame(time + 45_000))?.decodeTime == time + 45_000)
    }
}
