import Commons

/// The vote board and the list below it: what `council/board.js` and `page/vote.js` make of the same state.
extension SittingViewMaker {
    /// A round and its id.
    typealias Shown = (id: String, round: PublicState.Round)

    /// The open round, else the last that came to an end with the current item (or with none), else none.
    var roundOnShow: Shown? {
        guard let rounds = state.rounds else { return nil }
        if let open = state.openRound { return rounds.byID[open].map { (open, $0) } }
        let ended = rounds.order.compactMap { id in rounds.byID[id].map { (id: id, round: $0) } }
            .filter { $0.round.openedAt != nil && $0.round.status != "open" }
        let last = ended.reduce(nil as Shown?) { best, next in
            (best?.round.openedAt ?? .min) > (next.round.openedAt ?? .min) ? best : next
        }
        guard let last, let current = state.currentItem, let item = last.round.item, item != current else { return last }
        return nil
    }

    func vote(_ shown: Shown) -> SittingView.Vote {
        let round = shown.round
        let verdict = words.verdict(round)
        let (voted, all) = (String(round.voted ?? 0), String(round.entitled?.count ?? 0))
        let progress =
            round.status == "scheduled" ? words.say("round.scheduled") : words.say("board.voted", ["voted": voted, "all": all])
        return SittingView.Vote(
            kind: joined([words.say("kind.\(round.kind)"), round.method == "secret" ? words.say("board.secret") : nil]),
            question: question(round), isRepeat: round.supersedes != nil, verdict: verdict, outcome: outcome(round),
            isOpen: verdict == nil && round.status != "scheduled", reason: verdict == nil ? progress : words.reason(round),
            isClosed: verdict != nil && round.status == "closed",
            isRepeated: round.status == "annulled" && round.supersededBy != nil, counts: counts(round))
    }

    private func counts(_ round: PublicState.Round) -> [SittingView.Count] {
        guard let counts = round.result?.counts ?? round.counts else { return [] }
        return words.conventions.positions.compactMap { position in
            let number = counts[position] ?? 0
            guard number > 0 || words.conventions.counted.contains(position) else { return nil }
            return SittingView.Count(position: position, word: words.say("count.\(position)"), number: number)
        }
    }

    /// Before a sitting, with nobody there yet, an empty hall says nothing.
    var hall: SittingView.Hall? {
        guard let presence = state.presence, presence.count > 0 || state.sitting?.status != "scheduled" else { return nil }
        return SittingView.Hall(
            count: String(presence.count), seats: words.say("board.ofSeats", ["seats": String(state.council.seats)]))
    }

    // MARK: the list

    private struct Voter {
        var id: String
        var deputy: PublicState.Deputy?
        var faction: PublicState.Faction?
        var isHead: Bool { deputy?.role == "head" }
    }

    /// Who voted how; without a round, who is in the hall. Nobody where it is not known.
    func rows(_ shown: Shown?) -> [SittingView.Row] {
        let round = shown?.round
        if let round, round.status != "open", round.positions == nil { return [] }
        if round == nil, hall == nil { return [] }
        let council = state.council
        let ids = (round?.positions ?? round?.entitled).map { Array($0.keys) } ?? Array(council.deputies.keys)
        let voters = ids.map { id in
            let deputy = council.deputies[id]
            let opening = round?.entitled?[id].flatMap { $0.isEmpty ? nil : $0 }
            return Voter(id: id, deputy: deputy, faction: (opening ?? deputy?.faction).flatMap { council.factions[$0] })
        }
        return voters.sorted(by: isBefore).map { voter in
            let position = choice(of: voter.id, round)
            return SittingView.Row(
                name: voter.deputy.map { words.name($0, in: council.language, hasPatronymic: true) } ?? voter.id,
                faction: voter.isHead ? words.say("board.head") : voter.faction?.name ?? "",
                position: position, word: words.choice(position, gender: voter.deputy?.gender))
        }
    }

    /// Left to right in the hall: factions in the roster's order, those of none last; the head of the community at the very end.
    private func isBefore(_ a: Voter, _ b: Voter) -> Bool {
        let key = { (voter: Voter) -> (Int, Int, Int, Int, String) in
            (voter.isHead ? 1 : 0, voter.faction?.order ?? .max, voter.deputy?.seat ?? .max, voter.deputy?.order ?? .max, voter.id)
        }
        return key(a) < key(b)
    }

    private func choice(of id: String, _ round: PublicState.Round?) -> String {
        let isPresent = state.presence?.present[id] == true
        guard let round else { return isPresent ? "present" : "absent" }
        if let positions = round.positions { return positions[id] ?? "absent" }
        if round.item.flatMap({ state.agenda?.items[$0]?.recused })?.contains(id) == true { return "recused" }
        if !isPresent { return "absent" }
        if round.reveal == "live" { return round.ballots?[id] ?? "waiting" }
        return round.reveal == "secret" ? "secret" : "waiting"
    }
}

extension PublicState.Counts {
    /// How many took the position `yes`, `not_voting`, …
    subscript(position: String) -> Int? {
        switch position {
        case "yes": yes
        case "no": no
        case "abstain": abstain
        case "not_voting": notVoting
        case "absent": absent
        case "recused": recused
        default: nil
        }
    }
}
