import Foundation
import Logging
import Testing

@testable import Gateway

@Suite struct `The OpenAPI description` {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../web/openapi.json")
        .standardized

    private func document() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: Self.file)) as? [String: Any])
    }

    @Test func `it has every route and every method that is served, and no other`() throws {
        let settings = GatewaySettings(listen: [], pagesDirectory: "/nonexistent")
        let routes = Routes(settings: settings, control: FakeControl(), keys: try KeyRing(path: nil), logger: Logger(label: "test"))
        let served = routes.served.map { path, methods in
            let named = path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : $0 == "**" ? "{file}" : String($0) }
            return ("/" + named.joined(separator: "/"), Set(methods.map { $0.lowercased() }))
        }
        let paths = try #require(try document()["paths"] as? [String: [String: Any]])
        for (path, methods) in served {
            #expect(paths[path].map { Set($0.keys) } == methods, "\(path) in web/openapi.json")
        }
        // The live path is answered before the router.
        let known = Set(served.map(\.0))
        for path in paths.keys where !path.hasPrefix("/live/") { #expect(known.contains(path), "\(path) is served") }
    }

    @Test func `every reference leads somewhere, and every answer that is no success is a problem`() throws {
        let document = try document()
        var count = 0
        func walk(_ value: Any) throws {
            if let list = value as? [Any] { for entry in list { try walk(entry) } }
            guard let object = value as? [String: Any] else { return }
            if let reference = object["$ref"] as? String {
                count += 1
                let end = reference.dropFirst(2).split(separator: "/").reduce(document as Any?) { ($0 as? [String: Any])?[String($1)] }
                #expect(end != nil, "\(reference)")
            }
            for entry in object.values { try walk(entry) }
        }
        try walk(document)
        #expect(count > 100)
        for (path, methods) in try #require(document["paths"] as? [String: [String: [String: Any]]]) {
            for (method, operation) in methods {
                let responses = try #require(operation["responses"] as? [String: [String: Any]], "\(method) \(path)")
                for (status, response) in responses where status >= "400" && path != "/readyz" {
                    #expect((response["$ref"] as? String)?.hasPrefix("#/components/responses/") == true, "\(status) of \(method) \(path)")
                }
                let isGuarded = (operation["security"] as? [Any])?.isEmpty == false
                #expect(!isGuarded || responses["401"] != nil, "\(method) \(path) says 401")
            }
        }
    }

    @Test func `it is served`() async throws {
        try await Door.open { door in
            try FileManager.default.copyItem(at: Self.file, to: URL(fileURLWithPath: door.directory + "/pages/openapi.json"))
            let reply = try await door.get("/openapi.json")
            #expect(reply.status == 200 && reply["content-type"] == "application/json")
            #expect(try JSONSerialization.jsonObject(with: Data(reply.body)) is [String: Any])
        }
    }
}
