import Foundation
import Testing
import VoteBoard

/// The commands of `web/openapi.json`: their schemas and an example of each.
enum DescribedCommands {
    struct Schema {
        var name: String
        var fields: Set<String>
        var required: Set<String>
        var example: String
    }

    static func all() throws -> [Schema] {
        let file = URL(fileURLWithPath: CouncilDoor.root + "/web/openapi.json")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let schemas = try #require((document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]])
        let command = try #require(schemas["Command"])
        let mapping = try #require((command["discriminator"] as? [String: Any])?["mapping"] as? [String: String])
        #expect((command["oneOf"] as? [Any])?.count == mapping.count)
        return try mapping.map { name, reference in
            let schema = try #require(schemas[String(reference.dropFirst("#/components/schemas/".count))])
            let example = try #require((schema["examples"] as? [Any])?.first)
            return Schema(
                name: name, fields: Set((schema["properties"] as? [String: Any] ?? [:]).keys),
                required: Set(schema["required"] as? [String] ?? []),
                example: String(decoding: try JSONSerialization.data(withJSONObject: example), as: UTF8.self))
        }.sorted { $0.name < $1.name }
    }
}

@Suite struct `The commands in the OpenAPI description` {
    @Test func `they are those that the daemon knows, field by field`() throws {
        let described = try DescribedCommands.all()
        #expect(described.map(\.name) == CommandName.allCases.map(\.rawValue).sorted())
        for schema in described {
            let known = try #require(CommandName(rawValue: schema.name)).fields
            let names = known.map { $0.hasSuffix("?") ? String($0.dropLast()) : $0 }
            #expect(schema.fields == Set(names + ["command", "id", "expected", "sitting"]), "fields of \(schema.name)")
            let needed = Set(known.filter { !$0.hasSuffix("?") })
            #expect(schema.required.subtracting(["command", "sitting"]) == needed, "required fields of \(schema.name)")
        }
    }

    @Test func `every example is one`() throws {
        for schema in try DescribedCommands.all() {
            let read = Result { () throws(ImportFaults) in try CommandRequest(Array(schema.example.utf8)) }
            #expect((try? read.get())?.name.rawValue == schema.name, "\(schema.example): \(read)")
        }
    }
}
