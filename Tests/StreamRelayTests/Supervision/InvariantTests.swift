import NIOCore
import Testing

@testable import StreamRelay

/// Random hours of a hall: parts, losses, cards, closed sessions, restarts. Whatever comes, the playlist keeps its promises.
@Suite struct InvariantTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test(arguments: 1...12)
    func `whatever happens, the playlist keeps its promises`(seed: Int) throws {
        var random = Generator(state: UInt64(seed) &* 7919)
        var harness = try SupervisionHarness(SupervisionHarness.settings(liveWindow: 30, slateOnLoss: seed % 2 == 0))
        var served: [String: ByteBuffer] = [:]
        var discontinuities: [Int: Int] = [:]
        var head = 0
        var hinted: (name: PartName, life: Int)?
        var life = 0
        try harness.start()
        harness.open()
        for step in 0..<600 {
            act(&harness, step: step, &random)
            if harness.actions.contains(.stopped) { life += 1 }
            guard let window = harness.supervision.window, !window.isEmpty else { continue }
            try check(window, served: &served, discontinuities: &discontinuities, head: &head)
            #expect(harness.status.windowBytes < 2 << 20)
            // What was hinted is what came, whatever broke the timeline in between.
            if let hinted, hinted.life == life, hinted.name != window.nextPart {
                let isThere = window.segments.contains { $0.parts.contains { $0.name == hinted.name } }
                #expect(isThere || hinted.name.mediaSequence < window.firstMediaSequence)
            }
            hinted = (window.nextPart, life)
            harness.actions = []
        }
    }

    private func act(_ harness: inout SupervisionHarness, step: Int, _ random: inout Generator) {
        switch Int.random(in: 0..<40, using: &random) {
        case 0:
            harness.childExits(-9)
            harness.pass(Double.random(in: 0...8, using: &random))
            harness.open(Bool.random(using: &random) ? "camera" : "other")
        case 1: harness.pass(Double.random(in: 0...4.5, using: &random))
        case 2: harness.actions += (try? harness.supervision.setSlate(Bool.random(using: &random), harness.now)) ?? []
        case 3: harness.actions += (try? harness.supervision.hide(harness.now)) ?? []
        case 4, 5: harness.actions += (try? harness.supervision.show(harness.now)) ?? []
        case 6: harness.cardArrives()
        case 7: harness.sendPart(starts: true, discontinuity: true, hole: Int64.random(in: 0...400_000, using: &random))
        case 8:
            harness.actions += (try? harness.supervision.restart(harness.now)) ?? []
            harness.childExits(0)
            harness.open()
        case 9 where step % 7 == 0:
            harness.actions += (try? harness.supervision.stop(harness.now)) ?? []
            harness.childExits(0)
            try? harness.start()
            harness.open()
        default:
            harness.pass(0.5)
            let duration = Int64.random(in: 40_000...47_250, using: &random)
            harness.sendPart(starts: Int.random(in: 0..<4, using: &random) == 0, duration: duration)
        }
        if harness.supervision.camera == nil {
            harness.pass(5)
            harness.open()
        }
    }

    private func check(_ window: LiveWindow, served: inout [String: ByteBuffer], discontinuities: inout [Int: Int], head: inout Int) throws
    {
        #expect(window.firstMediaSequence >= head)
        head = window.firstMediaSequence
        #expect(window.segments.reduce(0) { $0 + $1.duration } >= 0)
        var number = window.discontinuitySequence
        var end = window.segments[0].start
        for (index, segment) in window.segments.enumerated() {
            #expect(segment.mediaSequence == head + index)
            #expect(segment.start == end)
            end = segment.end
            if segment.discontinuity { number += 1 }
            #expect(discontinuities[segment.mediaSequence, default: number] == number)
            discontinuities[segment.mediaSequence] = number
            #expect(segment.parts.isEmpty || segment.parts.reduce(0) { $0 + $1.duration } == segment.duration)
            #expect(segment.parts.reduce(0) { $0 + $1.printed } == (segment.parts.isEmpty ? 0 : segment.printed))
            for part in segment.parts {
                #expect(part.duration <= window.targets.partTarget)
                #expect(part.printed <= PlaylistText.ceilDecimal(window.targets.partTarget))
                // Never one name for two sets of bytes.
                let name = LiveName.part(part.name, rendition: 0).text
                let bytes = part.fragment(0) ?? ByteBuffer()
                #expect(served[name, default: bytes] == bytes)
                served[name] = bytes
                if bytes.readableBytes > 0 { #expect(window.part(part.name, rendition: 0) == .chunks([bytes])) }
            }
            if let number = segment.initialization, let set = window.initializations[number] {
                let name = LiveName.initialization(number: number, rendition: 0).text
                #expect(served[name, default: set.renditions[0].bytes] == set.renditions[0].bytes)
                served[name] = set.renditions[0].bytes
            } else {
                #expect(segment.isGap(0))
            }
        }
        #expect(end == window.end)
    }
}
