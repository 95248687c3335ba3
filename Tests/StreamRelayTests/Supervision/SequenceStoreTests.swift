import Foundation
import Testing

@testable import StreamRelay

@Suite struct SequenceStoreTests {
    private let folder = NSTemporaryDirectory() + "plenary-store-" + UUID().uuidString

    private func store() throws -> SequenceStore {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return SequenceStore(stateDirectory: folder, hall: "rada")
    }

    private let record = HallRecord(
        numbers: LiveNumbers(mediaSequence: 5, discontinuity: 1, initialization: 2, fragment: 9, timeline: 1_000_000),
        targets: LiveTargets(targetDuration: 4, partTarget: 47_250), partDuration: 0.5, segmentMaximum: 4, hiddenSince: 7, slateOn: true,
        wasServed: true)

    @Test func `what was saved is found`() throws {
        let store = try store()
        #expect(store.load(utc: 0) == .fresh)
        try store.save(record)
        #expect(store.load(utc: 0) == .found(record))
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test(arguments: ["", "{", "not json", #"{"version":2}"#, #"{"version":1,"record":{"numbers":{"mediaSequence":-5}}}"#])
    func `a damaged file is set aside and numbers begin past all that were used`(text: String) throws {
        let store = try store()
        try store.save(record)
        try text.write(toFile: store.path, atomically: false, encoding: .utf8)
        guard case .corrupt(let aside) = store.load(utc: 1_795_000_000_000_000) else {
            Issue.record("not noticed")
            return
        }
        #expect(FileManager.default.fileExists(atPath: aside))
        #expect(store.load(utc: 0) == .fresh)
        let after = try HallRecord.afterLoss(SupervisionHarness.settings(), utc: 1_795_000_000_000_000)
        #expect(after.numbers.mediaSequence > 50_000_000 && after.numbers.timeline > 50_000_000 * 90_000 && after.wasServed)
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test func `negative and enormous numbers are damage too`() throws {
        let store = try store()
        for value in [-1, Int64.max / 2] {
            var bad = record
            bad.numbers.timeline = value
            try store.save(bad)
            if case .corrupt = store.load(utc: 1) {} else { Issue.record("taken: \(value)") }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test func `a write that was cut short leaves the old record`() throws {
        let store = try store()
        try store.save(record)
        try "half".write(toFile: store.path + ".new", atomically: false, encoding: .utf8)
        #expect(store.load(utc: 0) == .found(record))
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test func `an error about a folder that cannot be written names it`() {
        let store = SequenceStore(stateDirectory: "/proc/nowhere", hall: "rada")
        #expect(throws: SequenceStore.Fault.self) { try store.save(record) }
    }

    @Test func `nothing repeats after a crash at any moment`() throws {
        // The numbers on disk when the power fails, against those that were on air.
        var harness = try SupervisionHarness()
        var used = Set<Int>()
        for _ in 0..<5 {
            try harness.start()
            harness.open()
            for part in 0..<Int.random(in: 5...500) {
                harness.pass(0.5)
                harness.sendPart(starts: part % 4 == 0)
            }
            let mine = harness.window.segments.map(\.mediaSequence)
            #expect(used.isDisjoint(with: mine))
            used.formUnion(mine)
            let saved = harness.actions.compactMap { if case .save(let record) = $0 { record } else { nil } }.last!
            let end = harness.window.end
            harness = try SupervisionHarness(record: saved)
            #expect(saved.numbers.timeline > end)
        }
    }
}
