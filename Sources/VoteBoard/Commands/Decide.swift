/// What a command leads to: facts to record, or none when only a refusal is.
package struct Decision: Hashable, Sendable {
    package var events: [Event]
    /// A secret ballot's choice: counted in memory, never in `events`.
    package var secretChoice: SecretChoice?
    /// Set when the command is refused and the refusal itself is recorded.
    package var refusal: CommandRefusal?

    package init(_ events: [Event], secretChoice: SecretChoice? = nil, refusal: CommandRefusal? = nil) {
        self.events = events
        self.secretChoice = secretChoice
        self.refusal = refusal
    }
}

/// A choice without a name.
package struct SecretChoice: Hashable, Sendable {
    package var round: RoundID
    package var choice: Choice
}

extension CouncilState {
    /// Decides `command` at `now` without changing anything.
    ///
    /// - Parameter secretTallies: totals of the secret rounds that are open, which no event holds before the close.
    package func decide(
        _ command: Command, at now: UTCMilliseconds, secretTallies: [RoundID: SecretTally] = [:]
    ) -> Result<Decision, CommandRefusal> {
        do throws(CommandRefusal) {
            return .success(try decision(on: command, at: now, secretTallies: secretTallies))
        } catch {
            return .failure(error)
        }
    }

    private func decision(
        on command: Command, at now: UTCMilliseconds, secretTallies: [RoundID: SecretTally]
    ) throws(CommandRefusal) -> Decision {
        switch command {
        case .importRoster(let roster): Decision([Event(.rosterImported(roster: try checked(roster)))])
        case .setRules(let rules): Decision([Event(.rulesSet(rules: try checked(rules)))])
        case .scheduleSitting(let plan): Decision([Event(.sittingScheduled(plan: try checked(plan)), in: plan.id)])
        case .clockStepped(let milliseconds): Decision([Event(.clockStepped(milliseconds: milliseconds))])
        case .inSitting(let id, let command):
            try sittingDecision(on: command, in: id, at: now, secretTallies: secretTallies)
        }
    }

    private func sittingDecision(
        on command: SittingCommand, in id: SittingID?, at now: UTCMilliseconds, secretTallies: [RoundID: SecretTally]
    ) throws(CommandRefusal) -> Decision {
        guard let sitting = id.map({ self.sitting($0) }) ?? sittingInSession else { throw .unknownSitting(id) }
        let decider = SittingDecider(council: self, sitting: sitting, now: now, secretTallies: secretTallies)
        var decision = try decider.decide(command)
        for index in decision.events.indices { decision.events[index].sitting = sitting.id }
        return decision
    }

    private func checked(_ roster: Roster) throws(CommandRefusal) -> Roster {
        var roster = roster
        roster.council = try Check.line(roster.council, "council", Limits.name)
        for index in roster.factions.indices {
            roster.factions[index].name = try Check.line(roster.factions[index].name, "factions[\(index)].name", Limits.name)
        }
        for index in roster.deputies.indices {
            let name = roster.deputies[index].name
            roster.deputies[index].name = PersonName(
                family: try Check.line(name.family, "deputies[\(index)].family", Limits.name),
                given: try Check.optionalLine(name.given, "deputies[\(index)].given", Limits.name) ?? "",
                patronymic: try Check.optionalLine(name.patronymic, "deputies[\(index)].patronymic", Limits.name))
        }
        let faults = roster.faults
        guard faults.isEmpty else { throw .roster(faults) }
        if let round = sittingInSession?.openRound { throw .roundStillOpen(round.id) }
        guard roster != self.roster else { throw .nothingToChange(field: "roster") }
        return roster
    }

    private func checked(_ rules: RuleBook) throws(CommandRefusal) -> RuleBook {
        for (name, rule) in rules.rules.sorted(by: { $0.key < $1.key }) {
            if let fault = rule.fault { throw .rule(field: "rules.\(name)", fault) }
        }
        for (kind, defaults) in rules.kinds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard rules.rules[defaults.rule] != nil else { throw .unknownRule(defaults.rule, known: rules.rules.keys.sorted()) }
            guard (defaults.method == .secret) == (defaults.reveal == .secret) else { throw .secrecy }
            if let seconds = defaults.seconds { try Check.number(seconds, "kinds.\(kind.rawValue).seconds", 1...Limits.duration) }
        }
        for kind in SpeechKind.allCases { try Check.number(rules.speeches[kind] ?? 0, "speeches.\(kind.rawValue)", 1...Limits.duration) }
        if let round = sittingInSession?.openRound { throw .roundStillOpen(round.id) }
        return rules
    }

    private func checked(_ plan: SittingPlan) throws(CommandRefusal) -> SittingPlan {
        guard sitting(plan.id) == nil else { throw .taken(field: "sitting", id: plan.id.text) }
        var plan = plan
        plan.title = try Check.line(plan.title, "title", Limits.title)
        try Check.time(plan.scheduledFor, "scheduled_for")
        plan.place = try Check.optionalLine(plan.place, "place", Limits.name)
        plan.term = try Check.optionalLine(plan.term, "term", Limits.name)
        plan.session = try Check.optionalLine(plan.session, "session", Limits.name)
        return plan
    }
}

/// Checks of input, each refusing with the field's name.
enum Check {
    static func line(_ text: String, _ field: String, _ limit: Int) throws(CommandRefusal) -> String {
        do throws(PlainText.Fault) { return try PlainText.line(text, limit: limit) } catch { throw .text(field: field, error) }
    }

    static func optionalLine(_ text: String?, _ field: String, _ limit: Int) throws(CommandRefusal) -> String? {
        guard let text else { return nil }
        do throws(PlainText.Fault) {
            return try PlainText.optionalLine(text, limit: limit)
        } catch {
            throw .text(field: field, error)
        }
    }

    static func number(_ value: Int, _ field: String, _ range: ClosedRange<Int>) throws(CommandRefusal) {
        guard range.contains(value) else { throw .number(field: field, value, range) }
    }

    /// 2000 to 2200: beyond it a calendar is a guess.
    static func time(_ time: UTCMilliseconds?, _ field: String) throws(CommandRefusal) {
        guard let time else { return }
        let range: ClosedRange<Int64> = 946_684_800_000...7_258_118_400_000
        guard range.contains(time.value) else {
            throw .number(field: field, Int(time.value), Int(range.lowerBound)...Int(range.upperBound))
        }
    }

    static func count(_ count: Int, _ field: String, limit: Int) throws(CommandRefusal) {
        guard count <= limit else { throw .tooMany(field: field, count: count, limit: limit) }
    }
}
