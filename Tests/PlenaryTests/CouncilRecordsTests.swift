import Foundation
import Logging
import PlenaryConfiguration
import Testing
import VoteBoard

@testable import plenary

/// The halls' records on the disk, as the daemon opens and closes them.
@Suite struct `The halls' records` {
    private static let rules = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../config/rules").standardized.path

    private static func folder() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plenary-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private static func records(_ folder: String) throws -> CouncilRecords {
        try CouncilRecords(
            stateDirectory: folder, rules: FirstRules(folder: rules), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func hall(_ keys: String) throws -> PlenaryConfig.Hall {
        try ConfigReader(file: "t", folder: "/", overrides: ConfigOverrides()) { _ in "" }.read("halls: [{camera: 'test:', \(keys)}]")
            .halls[0]
    }

    private static func schedule(_ id: String) -> CommandEnvelope {
        CommandEnvelope(by: "test", command: .scheduleSitting(SittingPlan(id: SittingID(id)!, title: "Засідання")))
    }

    @Test func `the key is made once, for the daemon's user alone, and signs every record`() async throws {
        let folder = try Self.folder()
        let first = try Self.records(folder)
        let path = "\(folder)/record.key"
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600 && status.st_size == 32)
        try first.open(Self.hall("name: a"))
        let board = try #require(first["a"]?.board)
        #expect(await board.send(Self.schedule("s1")) == .done(first: 2, last: 2, repeated: false), "the rules are the first event")
        #expect(try board.log.heads().last?.key == first.publicKey)
        #expect(try Self.records(folder).publicKey == first.publicKey)
        await first.closeAll()
    }

    @Test(arguments: [0, 31, 33]) func `a key of the wrong length is refused by name, and left alone`(_ count: Int) throws {
        let folder = try Self.folder()
        let path = "\(folder)/record.key"
        try Data(repeating: 7, count: count).write(to: URL(filePath: path))
        #expect { _ = try Self.records(folder) } throws: { "\($0)".contains(path) && "\($0)".contains("instead of 32") }
        #expect(try Data(contentsOf: URL(filePath: path)).count == count)
    }

    @Test(arguments: [("name: a, language: uk", "UA"), ("name: a, language: pl", nil), ("name: a, language: pl, rules: lt", "LT")])
    func `a new record begins with the configured rules, once`(_ keys: String, _ country: String?) async throws {
        let folder = try Self.folder()
        for _ in 1...2 {
            let records = try Self.records(folder)
            try records.open(Self.hall(keys))
            let board = try #require(records["a"]?.board)
            await board.flush()
            #expect(board.state.rules?.country == country)
            #expect(board.state.sequence == (country == nil ? 0 : 1))
            await records.closeAll()
        }
    }

    @Test func `rules that cannot be used name their file and line`() throws {
        let folder = try Self.folder()
        let path = "\(folder)/own.yaml"
        try "country: UA\nlanguag: uk\n".write(toFile: path, atomically: true, encoding: .utf8)
        #expect { try Self.records(folder).open(Self.hall("name: a, rules: '\(path)'")) } throws: { "\($0)".contains("\(path):2: languag") }
        #expect { try Self.records(folder).open(Self.hall("name: a, rules: /nowhere.yaml")) } throws: {
            "\($0)".contains("/nowhere.yaml, cannot be read")
        }
    }

    @Test func `a damaged record costs its own hall only, until it is put back`() async throws {
        let folder = try Self.folder()
        let records = try Self.records(folder)
        let (a, b) = (try Self.hall("name: a"), try Self.hall("name: b"))
        try records.open(a)
        _ = await records["a"]?.board.send(Self.schedule("s1"))
        await records.closeAll()
        let file = URL(filePath: "\(folder)/halls/a/record.sqlite")
        let whole = try Data(contentsOf: file)
        var bytes = whole
        let place = try #require(bytes.range(of: Data("Засідання".utf8)))
        bytes[place.lowerBound + 1] ^= 1
        for (damaged, words) in [(bytes, "Event 2"), (Data("no database".utf8) + Data(repeating: 7, count: 4096), "not a database")] {
            try damaged.write(to: file)
            try records.open(a)
            try records.open(b)
            #expect(records["a"] == nil && records.damage("a")?.contains(words) == true)
            #expect(records["b"] != nil && records.damage("b") == nil)
            #expect(try Data(contentsOf: file) == damaged, "it is left as it is")
        }
        try whole.write(to: file)
        try records.open(a)
        #expect(records.damage("a") == nil && records["a"]?.board.state.sequence == 2)
        await records.closeAll()
    }

    @Test func `a record that is closed takes no command, and goes on where it was when it is opened again`() async throws {
        let records = try Self.records(try Self.folder())
        let hall = try Self.hall("name: a")
        try records.open(hall)
        let old = try #require(records["a"])
        _ = await old.board.send(Self.schedule("s1"))
        await records.close("a")
        #expect(records["a"] == nil)
        #expect(await old.board.send(Self.schedule("s2")) == .refused(.busy))
        try records.open(hall)
        let new = try #require(records["a"])
        #expect(new.feed.epoch == old.feed.epoch)
        #expect(new.board.state.sequence == 2)
        #expect(await new.board.send(Self.schedule("s2")) == .done(first: 3, last: 3, repeated: false))
        await records.closeAll()
    }
}
