extension SittingDecider {
    func queue(_ entry: SpeakerEntry, at index: Int?) throws(CommandRefusal) -> [Event] {
        try needsNotClosed()
        try Check.count(sitting.speakers.count + 1, "speakers", limit: Limits.speakers)
        guard !sitting.speakers.contains(where: { $0.id == entry.id }), sitting.speech?.entry.id != entry.id else {
            throw .taken(field: "speaker", id: entry.id.text)
        }
        var entry = entry
        if let id = entry.deputy {
            _ = try deputy(id)
            entry.guest = nil
        } else {
            entry.guest = try Check.line(entry.guest ?? "", "guest", Limits.name)
        }
        entry.item = entry.item ?? sitting.currentItem
        if let id = entry.item { _ = try item(id) }
        if let seconds = entry.seconds { try Check.number(seconds, "seconds", 1...Limits.duration) }
        if let index { try Check.number(index, "index", 0...sitting.speakers.count) }
        return [Event(.speakerQueued(entry: entry, index: index ?? sitting.speakers.count))]
    }

    func removeSpeaker(_ id: SpeakerID) throws(CommandRefusal) -> [Event] {
        try facts(sitting.speakers.contains { $0.id == id } ? .speakerRemoved(entry: id) : nil, else: .unknownSpeaker(id))
    }

    func startSpeech(_ id: SpeakerID) throws(CommandRefusal) -> [Event] {
        try needsOpen()
        if let speech = sitting.speech { throw .speechRunning(speech.entry.id) }
        guard let entry = sitting.speakers.first(where: { $0.id == id }) else { throw .unknownSpeaker(id) }
        let seconds = entry.seconds ?? council.rules?.speeches[entry.kind] ?? 180
        return [Event(.speechStarted(entry: id, seconds: seconds))]
    }

    func pauseSpeech() throws(CommandRefusal) -> [Event] {
        guard let speech = sitting.speech else { throw .noSpeech }
        return try facts(speech.runningSince == nil ? nil : .speechPaused, else: .speechIs(paused: true))
    }

    func resumeSpeech() throws(CommandRefusal) -> [Event] {
        try needsOpen()
        guard let speech = sitting.speech else { throw .noSpeech }
        return try facts(speech.runningSince == nil ? .speechResumed : nil, else: .speechIs(paused: false))
    }

    func extendSpeech(by seconds: Int) throws(CommandRefusal) -> [Event] {
        guard let speech = sitting.speech else { throw .noSpeech }
        let range = 1...max(1, Limits.duration - Int(speech.allotted / 1000))
        try Check.number(seconds, "seconds", range)
        return [Event(.speechExtended(seconds: seconds))]
    }
}
