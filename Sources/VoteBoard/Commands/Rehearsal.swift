extension CouncilState {
    /// Tries commands one after the other, changing nothing: the first refusal, or `nil` when all of them would be taken.
    ///
    /// A command that changes nothing is no reason to refuse the rest. Ballots that are in a secret
    /// urn already are not known here: a secret round that has some cannot be closed in a rehearsal.
    package func rehearse(_ commands: [SittingCommand], in sitting: SittingID, at now: UTCMilliseconds) -> CommandRefusal? {
        var state = self
        var tallies: [RoundID: SecretTally] = [:]
        for command in commands {
            switch state.decide(.inSitting(sitting, command), at: now, secretTallies: tallies) {
            case .failure(.nothingToChange): continue
            case .failure(let refusal): return refusal
            case .success(let decision):
                if let refusal = decision.refusal { return refusal }
                if let secret = decision.secretChoice { tallies[secret.round, default: SecretTally()].add(secret.choice) }
                for event in decision.events {
                    state.apply(RecordedEvent(sequence: state.sequence + 1, at: now, event: event))
                }
            }
        }
        return nil
    }
}
