import Commons

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

    package var problem: CommandProblem {
        var problem = CommandProblem(status, code: code, detail: sentence, field: field, values: values.isEmpty ? nil : values)
        if case .conflict(_, let current, let since) = self {
            problem.current = current
            problem.since = since.map { CommandProblem.Change(sequence: $0.sequence, type: $0.type) }
        }
        return problem
    }
}

extension ImportFaults {
    /// A file or body that could not be read, with every fault.
    package var problem: CommandProblem {
        CommandProblem(
            422, code: "bad_input", detail: faults.first?.sentence ?? "The input could not be read.",
            faults: faults.prefix(200).map { CommandProblem.Fault(line: $0.line, column: $0.column, message: $0.problem) })
    }
}
