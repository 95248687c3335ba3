extension Answer {
    /// The answer to a command as JSON: `{"first":…,"last":…,"repeated":…}`, or a problem (RFC 9457).
    public var json: JSONValue {
        switch self {
        case .done(let first, let last, let repeated):
            .fields(["first": .integer(first), "last": .integer(last), "repeated": .bool(repeated)])
        case .refused(let refusal): refusal.problem
        }
    }

    public var status: Int { if case .refused(let refusal) = self { refusal.status } else { 200 } }
}

extension CommandRefusal {
    /// The HTTP status that says it best.
    public var status: Int {
        switch self {
        case .unknownSitting, .unknownItem, .unknownRound, .unknownDeputy, .unknownSpeaker, .unknownRule: 404
        case .text, .number, .empty, .tooMany, .link, .roster, .rule, .secrecy, .parent, .onlyYesRegisters, .chairChoice, .totals: 422
        case .storageFull: 507
        case .storageFailed: 500
        case .busy: 503
        default: 409
        }
    }

    /// `application/problem+json`.
    public var problem: JSONValue {
        var changes: JSONValue?
        var current: JSONValue?
        if case .conflict(_, let sequence, let since) = self {
            current = .integer(sequence)
            changes = .array(since.map { .fields(["seq": .integer($0.sequence), "type": .string($0.type)]) })
        }
        return .fields([
            "type": .string("urn:plenary:\(code)"), "title": .string(code.replacing("_", with: " ")), "status": .number(status),
            "detail": .string(sentence), "code": .string(code), "field": .text(field), "values": values.isEmpty ? nil : .object(values),
            "current": current, "since": changes,
        ])
    }
}

extension ImportFaults {
    /// `application/problem+json` for a file or body that could not be read, with every fault.
    public var problem: JSONValue {
        .fields([
            "type": .string("urn:plenary:bad_input"), "title": .string("bad input"), "status": .number(422),
            "detail": .string(faults.first?.sentence ?? "The input could not be read."), "code": .string("bad_input"),
            "faults": .array(
                faults.prefix(200).map {
                    .fields(["line": .number($0.line), "column": .number($0.column), "message": .string($0.problem)])
                }),
        ])
    }
}
