import NIOCore
import Testing

@testable import StreamRelay

@Suite struct SlateComposerTests {
    @Test(arguments: [47_250, 49_140, 3780, 18_900, 94_500, 47_297, 9459, Int64(3153)])
    func `the card fills parts of any target to 85 percent and never over`(partTarget: Int64) {
        let targets = LiveTargets(targetDuration: 4, partTarget: partTarget)
        var composer = SlateComposer(card: SupervisionHarness.card, targets: targets, segmentDuration: 2)!
        var time: Int64 = 900_000
        var segment: Int64 = 0
        for index in 0..<200 {
            let part = composer.next(at: time, sequence: index)
            if part.startsSegment { segment = 0 }
            segment += part.duration
            time += part.duration
            #expect(part.duration <= partTarget)
            #expect(segment <= targets.targetTicks)
            #expect(part.startsSegment == (index == 0) || index > 0)
        }
        composer.rewind()
        let first = composer.next(at: time, sequence: 0)
        #expect(first.startsSegment)
        #expect(Double(first.duration) >= 0.85 * Double(partTarget))
    }

    @Test func `its sound runs on a sample counter without holes`() {
        var composer = SlateComposer(
            card: SupervisionHarness.card, targets: LiveTargets(targetDuration: 4, partTarget: 47_250), segmentDuration: 2)!
        var time: Int64 = 900_000
        var expected: Int64?
        for index in 0..<50 {
            let part = composer.next(at: time, sequence: index)
            time += part.duration
            // moof: 8 + mfhd 16; the picture's traf, then the sound's
            let start = part.fragment.readerIndex + 24
            let picture = Int(part.fragment.getInteger(at: start, as: UInt32.self)!)
            let sound = start + picture
            let begin = part.fragment.getInteger(at: sound + 36, as: Int64.self)!
            let count = Int64(part.fragment.getInteger(at: sound + 44 + 12, as: UInt32.self)!)
            if let expected { #expect(begin == expected) }
            expected = begin + count * 1024
        }
    }

    @Test func `a card without frames is no card`() {
        var card = SupervisionHarness.card
        card.frames = []
        #expect(SlateComposer(card: card, targets: LiveTargets(targetDuration: 4, partTarget: 47_250), segmentDuration: 2) == nil)
    }
}
