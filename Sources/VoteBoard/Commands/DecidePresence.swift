extension SittingDecider {
    func register(_ deputies: [DeputyID]) throws(CommandRefusal) -> [Event] {
        try needsInSession()
        let arriving = try known(deputies).filter { !sitting.present.contains($0) }
        for id in arriving where try !deputy(id).mandate.contains(council.day(at: now)) { throw .unknownDeputy(id) }
        return try facts(
            arriving.isEmpty ? nil : .deputiesArrived(deputies: arriving, round: nil), else: .nothingToChange(field: "deputies"))
    }

    func depart(_ deputies: [DeputyID]) throws(CommandRefusal) -> [Event] {
        try needsInSession()
        let leaving = try known(deputies).filter { sitting.present.contains($0) }
        return try facts(leaving.isEmpty ? nil : .deputiesLeft(deputies: leaving), else: .nothingToChange(field: "deputies"))
    }

    func declareRecusal(of id: DeputyID, from item: ItemID, reason: String) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        _ = try deputy(id)
        _ = try self.item(item)
        let reason = try Check.line(reason, "reason", Limits.reason)
        guard !sitting.isRecused(id, from: item) else { throw .nothingToChange(field: "deputy") }
        if let round = sitting.openRound, round.plan.item == item, round.hasVoted(id) { throw .ballotTwice(id, round.id) }
        return [Event(.recusalDeclared(item: item, deputy: id, reason: reason))]
    }

    func withdrawRecusal(of id: DeputyID, from item: ItemID) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        _ = try self.item(item)
        return try facts(
            sitting.isRecused(id, from: item) ? .recusalWithdrawn(item: item, deputy: id) : nil, else: .nothingToChange(field: "deputy"))
    }

    private func needsInSession() throws(CommandRefusal) {
        guard sitting.status == .open || sitting.status == .suspended else { throw .sittingIs(sitting.status, needs: "open or suspended") }
    }

    private func known(_ deputies: [DeputyID]) throws(CommandRefusal) -> [DeputyID] {
        guard !deputies.isEmpty else { throw .empty(field: "deputies") }
        try Check.count(deputies.count, "deputies", limit: Limits.deputies)
        var seen: Set<DeputyID> = []
        for id in deputies { _ = try deputy(id) }
        return deputies.filter { seen.insert($0).inserted }
    }
}
