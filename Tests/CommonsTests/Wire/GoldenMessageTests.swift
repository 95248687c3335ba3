import Commons
import Foundation
import Testing

/// The golden files, which the record's side writes and the web tests read too, as Swift programs read them.
@Suite struct `Golden messages` {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "../../VoteBoardTests/Fixtures"
    )
    .standardized

    private static func names(_ folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.appending(path: folder).path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }

    private static func file(_ name: String) throws -> Data { try Data(contentsOf: fixtures.appending(path: name)) }

    private static func read<Value: Decodable>(_ type: Value.Type, _ file: String) throws -> Value {
        try JSONDecoder().decode(type, from: Self.file(file))
    }

    @Test func `the files are there`() {
        #expect(Self.names("wire").count > 20 && Self.names("answers").count > 5)
    }

    @Test(arguments: names("wire"))
    func `a message is read as its type and written as it was`(_ name: String) throws {
        let encoded =
            switch name.prefix(while: { $0 != "-" && $0 != "." }) {
            case "snapshot": try Self.read(SnapshotMessage<PublicState>.self, "wire/\(name)").encoded
            case "delta": try Self.read(DeltaMessage.self, "wire/\(name)").encoded
            default: try Self.read(TickMessage.self, "wire/\(name)").encoded
            }
        #expect(String(decoding: encoded.bytes + [10], as: UTF8.self) == String(decoding: try Self.file("wire/\(name)"), as: UTF8.self))
    }

    @Test(arguments: names("answers"))
    func `an answer is read as its type and written as it was`(_ name: String) throws {
        let json =
            if name.hasPrefix("refused-") {
                JSONValue(encoding: try Self.read(Problem.self, "answers/\(name)"))
            } else {
                JSONValue(encoding: try Self.read(CommandAnswer.self, "answers/\(name)"))
            }
        #expect(String(decoding: json.bytes + [10], as: UTF8.self) == String(decoding: try Self.file("answers/\(name)"), as: UTF8.self))
    }

    @Test func `a message is not read as another`() {
        #expect(throws: DecodingError.self) { try Self.read(SnapshotMessage<JSONValue>.self, "wire/tick.json") }
        #expect(throws: DecodingError.self) { try Self.read(TickMessage.self, "wire/snapshot-full.json") }
    }

    @Test func `the state after every delta is a public state, and nothing in it is without a name here`() throws {
        var state = try Self.read(SnapshotMessage<JSONValue>.self, "wire/snapshot-registered.json").state
        let full = try Self.read(SnapshotMessage<JSONValue>.self, "wire/snapshot-full.json")
        let deltas = try Self.names("wire").filter { $0.hasPrefix("delta-") }.map { try Self.read(DeltaMessage.self, "wire/\($0)") }
        for delta in deltas.sorted(by: { $0.after < $1.after }) {
            state = state.merging(delta.patch)
            let value = try JSONDecoder().decode(PublicState.self, from: Data(state.bytes))
            #expect(JSONValue(encoding: value) == state, "after \(delta.sequence)")
            if delta.sequence == full.sequence { #expect(state == full.state) }
        }
    }
}
