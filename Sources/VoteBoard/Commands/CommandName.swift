/// Commands as the API, the CLI and scripts write them.
package enum CommandName: String, Codable, Sendable, CaseIterable {
    case scheduleSitting = "schedule_sitting"
    case openSitting = "open_sitting"
    case suspendSitting = "suspend_sitting"
    case resumeSitting = "resume_sitting"
    case closeSitting = "close_sitting"
    case postNotice = "post_notice"
    case clearNotice = "clear_notice"
    case replaceAgenda = "replace_agenda"
    case addItem = "add_item"
    case editItem = "edit_item"
    case moveItem = "move_item"
    case takeUpItem = "take_up_item"
    case setItemState = "set_item_state"
    case queueSpeaker = "queue_speaker"
    case removeSpeaker = "remove_speaker"
    case startSpeech = "start_speech"
    case pauseSpeech = "pause_speech"
    case resumeSpeech = "resume_speech"
    case extendSpeech = "extend_speech"
    case endSpeech = "end_speech"
    case register, depart
    case declareRecusal = "declare_recusal"
    case withdrawRecusal = "withdraw_recusal"
    case planRound = "plan_round"
    case openRound = "open_round"
    case castBallot = "cast_ballot"
    case correctBallot = "correct_ballot"
    case recordSecretTotals = "record_secret_totals"
    case closeRound = "close_round"
    case castChairVote = "cast_chair_vote"
    case announceRound = "announce_round"
    case annulRound = "annul_round"

    /// The fields it takes besides `command`, `id`, `expected` and `sitting`; a `?` marks those that may be left out.
    package var fields: [String] {
        switch self {
        case .scheduleSitting: ["title", "scheduled_for?", "place?", "term?", "session?"]
        case .openSitting, .resumeSitting, .closeSitting, .clearNotice, .pauseSpeech, .resumeSpeech, .endSpeech: []
        case .suspendSitting: ["until?", "notice?"]
        case .postNotice: ["text", "until?"]
        case .replaceAgenda: ["items"]
        case .addItem: Self.itemFields + ["added_by?", "index?"]
        case .editItem: Self.itemFields
        case .moveItem: ["item", "index"]
        case .takeUpItem: ["item"]
        case .setItemState: ["item", "state", "reason?"]
        case .queueSpeaker: ["speaker", "deputy?", "guest?", "kind", "item?", "seconds?", "index?"]
        case .removeSpeaker, .startSpeech: ["speaker"]
        case .extendSpeech: ["seconds"]
        case .register, .depart: ["deputies"]
        case .declareRecusal: ["item", "deputy", "reason"]
        case .withdrawRecusal: ["item", "deputy"]
        case .planRound: ["round", "item?", "kind", "question", "method?", "rule?", "reveal?", "seconds?", "supersedes?"]
        case .openRound, .closeRound, .announceRound: ["round"]
        case .castBallot, .castChairVote: ["round", "deputy", "choice"]
        case .correctBallot: ["round", "deputy", "choice", "reason"]
        case .recordSecretTotals: ["round", "yes", "no", "abstain"]
        case .annulRound: ["round", "reason"]
        }
    }

    private static let itemFields = ["item", "number", "title", "rapporteur?", "draft?", "links?", "parent?"]

    /// Whether a `voting-system` token may send it.
    package var isBallot: Bool { self == .castBallot }
}
