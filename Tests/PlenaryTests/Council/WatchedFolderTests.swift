import Commons
import Foundation
import Gateway
import Testing

@testable import plenary

@Suite struct WatchedFolderTests {
    private static func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("hall-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test func `a file is ready when nobody writes it any more`() {
        var files = SettledFiles()
        let half = SettledFiles.Entry(name: "a.json", size: 10, modified: 1)
        let whole = SettledFiles.Entry(name: "a.json", size: 20, modified: 2)
        #expect(files.settled(in: [half]).isEmpty)
        #expect(files.settled(in: [whole]).isEmpty)
        #expect(files.settled(in: [whole]) == [whole])
        #expect(files.settled(in: []).isEmpty)
    }

    @Test func `the oldest comes first, and what is no result is left alone`() {
        var files = SettledFiles()
        let listing = [
            SettledFiles.Entry(name: "b.json", size: 1, modified: 2), .init(name: "a.JSON", size: 1, modified: 3),
            .init(name: ".c.json", size: 1, modified: 1), .init(name: "d.tmp", size: 1, modified: 1),
            .init(name: "e.json", size: 0, modified: 1),
            .init(name: "~f.json", size: 1, modified: 1),
        ]
        _ = files.settled(in: listing)
        #expect(files.settled(in: listing).map(\.name) == ["b.json", "a.JSON"])
    }

    @Test func `a file is moved with what became of it, never over another`() throws {
        let path = try Self.folder()
        var folder = WatchedFolder(path)
        for number in 1...2 {
            try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(path)/v.json"))
            _ = folder.ready()
            let entry = try #require(folder.ready()?.first)
            #expect(try folder.read(entry) == Array("{}".utf8))
            try folder.settle(entry, .failed("line 1, column \(number): x"))
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(path)/failed").sorted() == [
                "v-2.json", "v-2.json.txt", "v.json", "v.json.txt",
            ])
        #expect(try String(contentsOfFile: "\(path)/failed/v-2.json.txt", encoding: .utf8) == "line 1, column 2: x\n")
    }

    @Test func `a link is not followed`() throws {
        let path = try Self.folder()
        try FileManager.default.createSymbolicLink(atPath: "\(path)/v.json", withDestinationPath: "/etc/hostname")
        var folder = WatchedFolder(path)
        _ = folder.ready()
        #expect(folder.ready() == [])
        #expect(WatchedFolder("/nowhere/at/all").path == "/nowhere/at/all")
    }

    @Test func `what became of the bytes says what becomes of the file`() {
        func taken(repeated: Bool) -> CouncilAnswer {
            .success(
                CommandAnswer(
                    events: CommandAnswer.Events(epoch: "e", first: 3, last: 9, repeated: repeated),
                    file: CommandAnswer.FileReport(dryRun: false, changes: [], round: "hs-1", ballots: 5)))
        }
        #expect(WatchedFolder.Outcome(taken(repeated: false)) == .done("taken: 5 ballots in round hs-1, events 3 to 9"))
        #expect(WatchedFolder.Outcome(taken(repeated: true)) == .done("taken before: round hs-1, events 3 to 9"))
        let fault = Problem.Fault(line: 2, column: 5, message: "“Бондр” is not in the roster; nearest: Бондар")
        var faulty = Problem(.badInput, detail: "x")
        faulty.faults = [fault]
        #expect(
            WatchedFolder.Outcome(.failure(faulty)) == .failed("line 2, column 5: “Бондр” is not in the roster; nearest: Бондар"))
        #expect(WatchedFolder.Outcome(.failure(Problem(.storageFull, detail: "Full."))) == .later("Full."))
    }
}
