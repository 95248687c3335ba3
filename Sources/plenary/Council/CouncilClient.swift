import Commons
import Foundation
import NIOCore
import StreamRelay
import VoteBoard

/// One hall's council, asked over the control socket.
struct CouncilClient: Sendable {
    let control: ControlClient
    let hall: String

    /// - Parameter hall: `nil` for the only hall there is.
    init(_ control: ControlClient, hall: String?) async throws(CommandFailure) {
        self.control = control
        if let hall {
            self.hall = hall
            return
        }
        struct Hall: Decodable { var hall: String }
        let halls = try await control.value([Hall].self, .GET, "/api/v1/halls").map(\.hall)
        guard halls.count == 1 else {
            throw CommandFailure(.usage, "there are several halls: name one with --hall (\(halls.joined(separator: ", ")))")
        }
        self.hall = halls[0]
    }

    func path(_ rest: String, query: [(String, String?)] = []) -> String {
        let given = query.compactMap { name, value in value.map { "\(name)=\(Self.escaped($0))" } }
        return "/api/v1/halls/\(hall)\(rest)" + (given.isEmpty ? "" : "?" + given.joined(separator: "&"))
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.intersection(.init(charactersIn: Unicode.Scalar(0)...Unicode.Scalar(127)))) ?? ""
    }

    /// The snapshot message as it came.
    func snapshot() async throws(CommandFailure) -> ByteBuffer { try await control.json(.GET, path("/council")) }

    /// What the hall shows; it may be 50 ms behind the record.
    /// - Parameter sequence: waits until this event is shown.
    func report(after sequence: Int64 = 0) async throws(CommandFailure) -> PublicState {
        for _ in 0..<100 {
            let message = try Self.message(try await snapshot())
            if message.sequence >= sequence { return message.state }
            try? await Task.sleep(for: .milliseconds(20))
        }
        throw CommandFailure(.temporary, "the hall does not show event \(sequence) yet, which is in its record: look again")
    }

    private static func message(_ body: ByteBuffer) throws(CommandFailure) -> SnapshotMessage<PublicState> {
        do {
            return try JSONDecoder().decode(SnapshotMessage<PublicState>.self, from: Data(body.readableBytesView))
        } catch {
            throw CommandFailure(.refused, "the daemon's council is not understood: is it another version? (plenary version)")
        }
    }

    /// Sends one command and gives the answer as it came. The id makes a repetition harmless.
    func send(_ command: CouncilRequest, id: UUID = UUID(), expected: Int64? = nil) async throws(CommandFailure) -> ByteBuffer {
        var fields = command.fields.compactMapValues { $0 }
        fields["command"] = .string(command.name.rawValue)
        fields["id"] = .string(id.uuidString.lowercased())
        if let expected { fields["expected"] = .integer(expected) }
        return try await control.send(JSONValue.object(fields).bytes, as: "application/json", to: path("/commands"))
    }
}

/// A command and its fields, as the API takes them; those that are `nil` are left out.
struct CouncilRequest: Sendable {
    var name: CommandName
    var fields: [String: JSONValue?]

    init(_ name: CommandName, _ fields: [String: JSONValue?] = [:]) {
        self.name = name
        self.fields = fields
    }
}

extension JSONValue {
    static func text(_ text: String?) -> JSONValue? { text.map(JSONValue.string) }
    static func number(_ number: Int?) -> JSONValue? { number.map { .integer(Int64($0)) } }
    static func choice<Value: RawRepresentable>(_ value: Value?) -> JSONValue? where Value.RawValue == String {
        value.map { .string($0.rawValue) }
    }
}
