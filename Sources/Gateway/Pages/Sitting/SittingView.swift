import Commons
import Foundation

/// A sitting as the page's template wants it: every text ready, nothing safe for HTML yet (the template sees to that). The texts are
/// those that the scripts write (`page/now.js`, `vote.js`, `agenda.js`).
struct SittingView {
    struct Now {
        var state: String
        var status: String
        var title: String
        var begins: String?
        var notice: String?
        var item: Item?
        var speakers: Speakers?
        var presence: String?
        /// `no` without a quorum.
        var met: String?
    }

    struct Speakers {
        var speaker: String?
        var speakerKind: String?
        var next: String?
    }

    struct Item {
        var id: String
        var label: String
        var number: String
        var title: String
        var state: String
        var stateWord: String
        var isCurrent: Bool
        var facts: String?
        var links: [PublicState.Link]
        var rounds: [Round]
    }

    /// A line of the agenda.
    struct Round {
        var question: String
        var verdict: String
        var outcome: String
        var reason: String?
        var time: String
        var iso: String
    }

    /// The round on the board.
    struct Vote {
        var kind: String
        var question: String
        var isRepeat: Bool
        var verdict: String?
        var outcome: String
        var isOpen: Bool
        var reason: String?
        var isClosed: Bool
        var isRepeated: Bool
        var counts: [Count]
    }

    /// The board without a round: who is in the hall.
    struct Hall {
        var count: String
        var seats: String
    }

    struct Count {
        var position: String
        var word: String
        var number: Int
    }

    struct Row {
        var name: String
        var faction: String
        var position: String
        var word: String
    }

    var now: Now?
    var vote: Vote?
    var inHall: Hall?
    var rows: [Row]
    var hasNoItems: Bool
    var items: [Item]
    var others: [Round]
    var hasOthers: Bool

    /// - Parameter now: UTC milliseconds; decides which day is today.
    init(_ state: PublicState, _ words: PageWords, now: Int64) {
        let maker = SittingViewMaker(state: state, words: words, now: now)
        self.now = maker.now
        items = state.agenda?.order.compactMap(maker.item) ?? []
        hasNoItems = items.isEmpty
        others = items.isEmpty ? [] : maker.rounds(of: nil)
        hasOthers = !others.isEmpty
        let round = maker.roundOnShow
        vote = round.map(maker.vote)
        inHall = round == nil ? maker.hall : nil
        rows = maker.rows(round)
    }
}
