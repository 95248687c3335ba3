import Commons
import Foundation
import GRDB
import Testing

@testable import VoteBoard

struct TamperTests {
    /// A small record: ballots, a result, a correction's worth of facts.
    private func small() async throws -> LiveBoard {
        let live = try LiveBoard()
        try await live.openSitting(deputies: 3)
        try await live.must(.planRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "?")))
        try await live.must(.openRound("r1"))
        try await live.must(.castBallot(round: "r1", deputy: "d1", choice: .yes))
        try await live.must(.castBallot(round: "r1", deputy: "d2", choice: .yes))
        try await live.must(.closeRound("r1"))
        try await live.must(.close)
        return live
    }

    @Test func `an exported record verifies, with its key and against an earlier head`() async throws {
        let live = try await small()
        let early = try #require(try live.board.log.heads().first)
        let file = try live.exported()
        let verified = try LogExport.verify(file, key: live.signer.publicKey, atLeast: early)
        #expect(verified.state == live.board.state)
        #expect(throws: LogFault(.otherKey, at: verified.tip.sequence)) { try LogExport.verify(file, key: LogSigner().publicKey) }
    }

    @Test func `every flipped byte of an exported record is found`() async throws {
        let file = try await small().exported()
        var random = SeededGenerator(11)
        for index in file.indices {
            var changed = file
            changed[index] ^= UInt8(1) << UInt8.random(in: 0...7, using: &random)
            #expect(throws: LogFault.self, "byte \(index) of \(file.count)") { try LogExport.verify(changed) }
        }
    }

    @Test func `every deleted, swapped or repeated line is found at its number`() async throws {
        let file = try await small().exported()
        let lines = file.dropLast().split(separator: UInt8(ascii: "\n")).map(Array.init)
        func joined(_ lines: [[UInt8]]) -> [UInt8] { lines.flatMap { $0 + [UInt8(ascii: "\n")] } }
        for index in lines.indices.dropLast() {
            var deleted = lines
            deleted.remove(at: index)
            #expect(throws: LogFault.self) { try LogExport.verify(joined(deleted)) }
            var repeated = lines
            repeated.insert(lines[index], at: index)
            let fault = #expect(throws: LogFault.self) { try LogExport.verify(joined(repeated)) }
            #expect(fault?.sequence == Int64(index + 2))
            if index + 2 < lines.count {
                var swapped = lines
                swapped.swapAt(index, index + 1)
                let fault = #expect(throws: LogFault.self) { try LogExport.verify(joined(swapped)) }
                #expect(fault == LogFault(.missing, at: Int64(index + 1)))
            }
        }
    }

    @Test func `a record cut at any byte is found`() async throws {
        let file = try await small().exported()
        for length in stride(from: 0, to: file.count, by: 7) {
            #expect(throws: LogFault.self) { try LogExport.verify(Array(file.prefix(length))) }
        }
    }

    @Test func `every column changed behind the daemon's back is found at start`() async throws {
        let live = try await small()
        let count = live.board.state.sequence
        let path = live.scratch.path("record.sqlite")
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        for sequence in 1...count {
            for change in [
                "at = at + 1", "type = type || 'x'", "command = 'x'", "body = cast(replace(body, 'test', 'tast') AS BLOB)",
                "prev = zeroblob(32)", "hash = zeroblob(31)", "seq = seq + 1000",
            ] where !(sequence == 1 && change.hasPrefix("prev")) {
                let copy = live.scratch.path("copy-\(sequence)-\(change.prefix(4)).sqlite")
                try good.write(to: URL(fileURLWithPath: copy))
                let log = try EventLog(path: copy, signer: live.signer)
                try log.tamper("UPDATE event SET \(change) WHERE seq = ?", [sequence])
                let error = #expect(throws: LogError.self, "\(change) at \(sequence)") { try log.replay() }
                guard case .broken(let fault) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                // A changed body breaks its own hash, a changed hash its own row.
                #expect(fault.sequence == sequence, "\(change) at \(sequence)")
            }
        }
    }

    @Test func `events cut from the end are found by the signed head`() async throws {
        let live = try await small()
        try live.board.log.tamper("DELETE FROM event WHERE seq > ?", [live.board.state.sequence - 2])
        #expect(throws: LogError.broken(LogFault(.truncated, at: live.board.state.sequence - 2))) { try live.board.log.replay() }
    }

    @Test func `a ballot written by a forger with the whole chain made anew fails without the key`() async throws {
        let live = try await small()
        let file = try live.exported()
        var lines = file.dropLast().split(separator: UInt8(ascii: "\n")).map(Array.init)
        let place = try #require(lines.firstIndex { String(decoding: $0, as: UTF8.self).contains("\"choice\":\"yes\"") })
        lines[place] = Array(String(decoding: lines[place], as: UTF8.self).replacing("\"yes\"", with: "\"no\"").utf8)
        // The forger chains everything after it again.
        var previous = Leaf.none
        for index in lines.indices.dropLast() {
            var body = try EventBody(bytes: lines[index])
            body.previous = previous.hex
            lines[index] = try body.bytes()
            previous = Leaf(of: lines[index])
        }
        let fault = #expect(throws: LogFault.self) { try LogExport.verify(lines.flatMap { $0 + [UInt8(ascii: "\n")] }) }
        // The tally is counted again, so the forged ballot shows at the close already.
        #expect(fault?.kind == .tally)
    }

    @Test func `a large record sampled at random hides no change`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        for number in 1...30 { try await live.holdRound(RoundID("r\(number)") ?? "r") }
        let file = try live.exported()
        _ = try LogExport.verify(file)
        var random = SeededGenerator(5)
        for _ in 0..<40 {
            var changed = file
            changed[Int.random(in: file.indices, using: &random)] ^= UInt8(1) << UInt8.random(in: 0...7, using: &random)
            #expect(throws: LogFault.self) { try LogExport.verify(changed) }
        }
    }

    @Test func `another program's write is noticed before the next event`() async throws {
        let live = try await small()
        try live.board.log.tamper("DELETE FROM event WHERE seq = ?", [live.board.state.sequence])
        let answer = await live.send(.scheduleSitting(SittingPlan(id: "s2", title: "Друге")))
        #expect(answer == .refused(.storageFailed(LogError.changedByOthers.sentence)))
    }

    @Test func `a file of another program is not opened`() throws {
        let scratch = try Scratch()
        try DatabaseQueue(path: scratch.path("other.sqlite")).write { try $0.execute(sql: "CREATE TABLE t (a)") }
        #expect(throws: LogError.notALog(path: scratch.path("other.sqlite"))) {
            try EventLog(path: scratch.path("other.sqlite"), signer: LogSigner())
        }
        try Data("not a database, but long enough to be looked at as one, more or less".utf8)
            .write(to: URL(fileURLWithPath: scratch.path("text.sqlite")))
        #expect(throws: LogError.self) { try EventLog(path: scratch.path("text.sqlite"), signer: LogSigner()) }
        #expect(throws: LogError.self) { try EventLog(path: scratch.path("no/such/dir/x.sqlite"), signer: LogSigner()) }
    }

    @Test func `the Merkle root is the RFC's`() {
        // RFC 9162 §2.1.1 for 0 to 7 leaves, computed the slow way.
        func root(_ leaves: [Leaf]) -> [UInt8] {
            var frontier = MerkleFrontier()
            for leaf in leaves { frontier.append(leaf) }
            return frontier.root
        }
        func slow(_ leaves: [Leaf]) -> [UInt8] {
            if leaves.count == 1 { return leaves[0].bytes }
            var half = 1
            while half * 2 < leaves.count { half *= 2 }
            return Array(SHA256Of([1] + slow(Array(leaves[..<half])) + slow(Array(leaves[half...]))))
        }
        let leaves = (0..<7).map { Leaf(of: [UInt8($0)]) }
        #expect(Hex.text(root([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        for count in 1...7 { #expect(root(Array(leaves[..<count])) == slow(Array(leaves[..<count]))) }
    }
}
