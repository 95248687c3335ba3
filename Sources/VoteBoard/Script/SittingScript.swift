import Commons

/// A sitting written down beforehand: commands with the time between them. It plays the demo and loads the tests.
package struct SittingScript: Sendable {
    package struct Step: Sendable {
        /// Milliseconds since the step before.
        package var after: Int64
        package var request: CommandRequest
        /// The command as the API takes it, with its id.
        package var json: JSONValue

        init(after: Int64, request: CommandRequest, fields: [String: JSONValue]) {
            self.after = after
            self.request = request
            json = .object(fields.merging(["id": .string(request.id.uuidString.lowercased())]) { _, id in id })
        }
    }

    package var steps: [Step]
    /// The full composition of the script's council, when it says it.
    package var seats: Int?

    /// The id of the sitting that it schedules.
    package var sitting: SittingID? {
        steps.lazy.compactMap { if case .scheduleSitting(let plan) = $0.request.command { plan.id } else { nil } }.first
    }

    /// Milliseconds from the first step to the last.
    package var duration: Int64 { steps.reduce(0) { $0 + $1.after } }

    static let stepLimit = 100_000

    /// Reads a script: `{"seats":34,"steps":[{"after":ms,"command":{…}} | {"after":ms,"ballots":{round, over, yes, no, abstain}}]}`.
    ///
    /// Ballots arrive spread over `over` milliseconds, in an order that looks like people; `"d1..d17"` names a range of ids.
    ///
    /// - Parameter run: put in the place of `{run}`, so that every turn has a sitting of its own.
    package init(_ bytes: [UInt8], run: String) throws(ImportFaults) {
        let text = try SourceText.decode(bytes).replacing("{run}", with: run)
        let root = try JSONNode(reading: text)
        guard let nodes = root.object?["steps"]?.array else {
            throw ImportFaults([root.fault("steps is missing or no list; write the steps")])
        }
        var steps: [Step] = []
        var faults: [ImportFault] = []
        for node in nodes {
            do throws(ImportFaults) {
                steps += try Self.steps(node)
            } catch {
                faults += error.faults
            }
            guard steps.count <= Self.stepLimit else {
                throw ImportFaults([node.fault("there are more than \(Self.stepLimit) steps; split the script")])
            }
        }
        guard faults.isEmpty else { throw ImportFaults(faults) }
        self.steps = steps
        seats = root.object?["seats"]?.cell.flatMap { Int($0.text) }
    }

    private static func steps(_ node: JSONNode) throws(ImportFaults) -> [Step] {
        var reader = FieldReader(node)
        reader.allow(["after?", "command?", "ballots?"])
        let after = reader.optionalNumber("after") ?? 0
        guard reader.faults.isEmpty else { throw ImportFaults(reader.faults) }
        guard (0...86_400_000).contains(after) else {
            throw ImportFaults([node.fault("after is \(after); give milliseconds of a day at most")])
        }
        if let command = node.object?["command"] {
            return [Step(after: Int64(after), request: try CommandRequest(command), fields: command.object?.mapValues(\.json) ?? [:])]
        }
        guard let ballots = node.object?["ballots"] else { throw ImportFaults([node.fault("a step has a command or ballots")]) }
        return try Self.ballots(ballots, after: Int64(after))
    }

    private static func ballots(_ node: JSONNode, after: Int64) throws(ImportFaults) -> [Step] {
        var reader = FieldReader(node)
        reader.allow(["sitting?", "round", "over", "yes?", "no?", "abstain?"])
        let sitting: SittingID? = reader.optionalIdentifier("sitting")
        let round: RoundID? = reader.identifier("round")
        let over = reader.number("over") ?? 0
        var cast: [(deputy: DeputyID, choice: Choice)] = []
        for choice in Choice.allCases where reader.has(choice.rawValue) {
            for entry in reader.list(choice.rawValue, limit: Limits.deputies) ?? [] {
                cast += try deputies(entry).map { ($0, choice) }
            }
        }
        guard reader.faults.isEmpty, let round else { throw ImportFaults(reader.faults) }
        // Scattered, and the same in every run.
        cast.sort { scatter($0.deputy, round) < scatter($1.deputy, round) }
        return cast.enumerated().map { index, ballot in
            let gap = Int64(max(0, over)) / Int64(max(1, cast.count))
            let command = Command.inSitting(sitting, .castBallot(round: round, deputy: ballot.deputy, choice: ballot.choice))
            var fields: [String: JSONValue] = [
                "command": .string(CommandName.castBallot.rawValue), "round": .string(round.text), "deputy": .string(ballot.deputy.text),
                "choice": .string(ballot.choice.rawValue),
            ]
            fields["sitting"] = sitting.map { .string($0.text) }
            return Step(after: index == 0 ? after : gap, request: CommandRequest(.castBallot, command), fields: fields)
        }
    }

    /// `d7`, or `d1..d17` for seventeen.
    private static func deputies(_ node: JSONNode) throws(ImportFaults) -> [DeputyID] {
        let text = node.cell?.text ?? ""
        let ends = text.split(separator: "..").map(String.init)
        if ends.count == 2, let (prefix, first) = numbered(ends[0]), let (same, last) = numbered(ends[1]), prefix == same, first <= last,
            last - first < Limits.deputies
        {
            return (first...last).compactMap { DeputyID("\(prefix)\($0)") }
        }
        guard let id = DeputyID(text), ends.count == 1 else {
            throw ImportFaults([node.fault("“\(text.prefix(40))” is no deputy and no range such as d1..d17")])
        }
        return [id]
    }

    private static func numbered(_ text: String) -> (prefix: String, number: Int)? {
        let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }
        return Int(String(digits.reversed())).map { (String(text.dropLast(digits.count)), $0) }
    }

    private static func scatter(_ deputy: DeputyID, _ round: RoundID) -> UInt32 { FNV1a.hash32(deputy.text + round.text) }
}

extension JSONNode {
    /// Without places. A number that is no whole one is nothing here: no command takes one.
    fileprivate var json: JSONValue {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .number(let text): Int64(text).map(JSONValue.integer) ?? .null
        case .string(let text): .string(text)
        case .array(let items): .array(items.map(\.json))
        case .object(let entries): .object(entries.mapValues(\.json))
        }
    }
}
