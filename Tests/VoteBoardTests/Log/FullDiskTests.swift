import Foundation
import TestSupport
import Testing

@testable import VoteBoard

/// On a real small disk: `PLENARY_SMALL_DISK` names a directory on one (a tmpfs of a megabyte or two, say).
@Suite(.outsideProcess, .enabled(if: ProcessInfo.processInfo.environment["PLENARY_SMALL_DISK"] != nil))
struct FullDiskTests {
    @Test func `a full disk refuses with storage_full and works again when there is space`() async throws {
        let folder = URL(fileURLWithPath: ProcessInfo.processInfo.environment["PLENARY_SMALL_DISK"] ?? "/nowhere")
        let path = folder.appendingPathComponent("record.sqlite").path
        let ballast = folder.appendingPathComponent("ballast")
        let board = try Board(log: EventLog(path: path, signer: LogSigner()))
        func send(_ number: Int) async -> Answer {
            let plan = SittingPlan(id: SittingID("s\(number)") ?? "s", title: String(repeating: "а", count: 1000))
            return await board.send(CommandEnvelope(by: "test", command: .scheduleSitting(plan)))
        }
        guard case .done = await send(0) else {
            Issue.record("the first command was refused")
            return
        }
        // Fill what is left.
        let file = fopen(ballast.path, "w")
        let block = [UInt8](repeating: 0, count: 4096)
        while fwrite(block, 1, block.count, file) == block.count, fflush(file) == 0 {}
        fclose(file)
        var refused = 0
        for number in 1...20 {
            if case .refused(let refusal) = await send(number) {
                #expect(refusal == .storageFull, "\(refusal)")
                refused += 1
            }
        }
        #expect(refused > 0)
        let kept = board.state.sittings.count
        #expect(try board.log.rows(from: 1, limit: 1).count == 1)
        try FileManager.default.removeItem(at: ballast)
        for number in 100...110 {
            guard case .done = await send(number) else {
                Issue.record("refused with space")
                return
            }
        }
        #expect(board.state.sittings.count == kept + 11)
        _ = try board.log.replay()
    }
}
