/// Languages the product speaks of itself.
package enum Language: String, Codable, Sendable, CaseIterable {
    case en, uk, lt, ka
}

extension Verdict {
    /// “17 for, 18 of 34 needed: not adopted”, in the viewer's language.
    package func sentence(in language: Language) -> String {
        switch reason {
        case .enoughVotes, .notEnoughVotes: count(language) + ": " + word(language)
        case .noQuorum, .quorumPresent: quorum(language) + ": " + word(language)
        case .tieFails, .tieWaitsForChair, .chairVotedYes, .chairVotedNo: tie(language) + ": " + word(language)
        }
    }

    private func count(_ language: Language) -> String {
        switch language {
        case .en: "\(counts.yes) for, \(needed) of \(base) needed"
        case .uk: "\(counts.yes) за, потрібно \(needed) з \(base)"
        case .lt: "\(counts.yes) už, reikia \(needed) iš \(base)"
        case .ka: "\(counts.yes) მომხრე, საჭიროა \(needed) \(base)-დან"
        }
    }

    private func quorum(_ language: Language) -> String {
        switch language {
        case .en: "\(present) present, \(quorumNeeded) of \(quorumBase) needed for a quorum"
        case .uk: "присутні \(present), для кворуму потрібно \(quorumNeeded) з \(quorumBase)"
        case .lt: "dalyvauja \(present), kvorumui reikia \(quorumNeeded) iš \(quorumBase)"
        case .ka: "ესწრება \(present), კვორუმისთვის საჭიროა \(quorumNeeded) \(quorumBase)-დან"
        }
    }

    private func tie(_ language: Language) -> String {
        let votes = "\(counts.yes)–\(base - counts.yes)"
        return switch (language, reason) {
        case (.en, .chairVotedYes): "a tie, \(votes), the chair voted for"
        case (.en, .chairVotedNo): "a tie, \(votes), the chair voted against"
        case (.en, .tieWaitsForChair): "a tie, \(votes), the chair has the casting vote"
        case (.en, _): "a tie, \(votes)"
        case (.uk, .chairVotedYes): "голоси розділилися порівну, \(votes), головуючий за"
        case (.uk, .chairVotedNo): "голоси розділилися порівну, \(votes), головуючий проти"
        case (.uk, .tieWaitsForChair): "голоси розділилися порівну, \(votes), вирішує голос головуючого"
        case (.uk, _): "голоси розділилися порівну, \(votes)"
        case (.lt, .chairVotedYes): "balsai pasiskirstė po lygiai, \(votes), pirmininkas už"
        case (.lt, .chairVotedNo): "balsai pasiskirstė po lygiai, \(votes), pirmininkas prieš"
        case (.lt, .tieWaitsForChair): "balsai pasiskirstė po lygiai, \(votes), lemia pirmininko balsas"
        case (.lt, _): "balsai pasiskirstė po lygiai, \(votes)"
        case (.ka, .chairVotedYes): "ხმები თანაბრად გაიყო, \(votes), თავმჯდომარე მომხრეა"
        case (.ka, .chairVotedNo): "ხმები თანაბრად გაიყო, \(votes), თავმჯდომარე წინააღმდეგია"
        case (.ka, .tieWaitsForChair): "ხმები თანაბრად გაიყო, \(votes), გადამწყვეტია თავმჯდომარის ხმა"
        case (.ka, _): "ხმები თანაბრად გაიყო, \(votes)"
        }
    }

    private func word(_ language: Language) -> String {
        if reason == .quorumPresent {
            return switch language {
            case .en: "there is a quorum"
            case .uk: "кворум є"
            case .lt: "kvorumas yra"
            case .ka: "კვორუმი არის"
            }
        }
        return switch (language, outcome) {
        case (.en, .adopted): "adopted"
        case (.en, .rejected): "not adopted"
        case (.en, .undecided): "not decided yet"
        case (.uk, .adopted): "рішення прийнято"
        case (.uk, .rejected): "рішення не прийнято"
        case (.uk, .undecided): "рішення ще немає"
        case (.lt, .adopted): "priimta"
        case (.lt, .rejected): "nepriimta"
        case (.lt, .undecided): "dar nenuspręsta"
        case (.ka, .adopted): "მიღებულია"
        case (.ka, .rejected): "არ არის მიღებული"
        case (.ka, .undecided): "ჯერ არ არის გადაწყვეტილი"
        }
    }
}
