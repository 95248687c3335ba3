/// Every fault that the API answers with, by the name that programs read: `code`, and the last part of `type`, of a problem.
///
/// docs/http.md lists them for the authors of such programs, and the console has a sentence for each; tests compare both with this table.
package enum ProblemCode: String, CaseIterable, Sendable {
    // Who asks, and whether they may.
    case tokenInURL = "token_in_url"
    case tokenNeeded = "token_needed"
    case badToken = "bad_token"
    case tokenExpired = "token_expired"
    case sessionOver = "session_over"
    case lockedOut = "locked_out"
    case roleMissing = "role_missing"
    case otherHall = "other_hall"
    case csrf
    case origin

    // What does not exist, or exists already.
    case noSuchHall = "no_such_hall"
    case noRecord = "no_record"
    case noSuchToken = "no_such_token"
    case noSuchFormat = "no_such_format"
    case noPages = "no_pages"
    case unknownCommand = "unknown_command"
    case unknownSitting = "unknown_sitting"
    case unknownItem = "unknown_item"
    case unknownRound = "unknown_round"
    case unknownDeputy = "unknown_deputy"
    case unknownSpeaker = "unknown_speaker"
    case unknownRule = "unknown_rule"
    case idTaken = "id_taken"
    case nameTaken = "name_taken"
    case tooManyTokens = "too_many_tokens"

    // Streams.
    case alreadyRunning = "already_running"
    case notRunning = "not_running"
    case alreadyHidden = "already_hidden"
    case notHidden = "not_hidden"
    case noSlate = "no_slate"
    case cameraUnreachable = "camera_unreachable"
    case cameraUnauthorized = "camera_unauthorized"
    case cameraUnusable = "camera_unusable"
    case cameraForbidden = "camera_forbidden"
    case cameraEnded = "camera_ended"
    case cameraWorker = "camera_worker"

    // The sitting is not where the command needs it.
    case sittingState = "sitting_state"
    case anotherSittingOpen = "another_sitting_open"
    case roundOpen = "round_open"
    case roundState = "round_state"
    case itemState = "item_state"
    case speechRunning = "speech_running"
    case noSpeech = "no_speech"
    case speechState = "speech_state"
    case noRoster = "no_roster"
    case noRules = "no_rules"
    case noQuorum = "no_quorum"
    case nothingToChange = "nothing_to_change"

    // Rounds and ballots.
    case notEntitled = "not_entitled"
    case notRegistered = "not_registered"
    case recused
    case ballotTwice = "ballot_twice"
    case ballotAfterClose = "ballot_after_close"
    case noBallot = "no_ballot"
    case sameChoice = "same_choice"
    case secretRound = "secret_round"
    case notSecret = "not_secret"
    case secretInterrupted = "secret_interrupted"
    case noTie = "no_tie"
    case chairMissing = "chair_missing"
    case supersedes

    // The input.
    case badInput = "bad_input"
    case badField = "bad_field"
    case badText = "bad_text"
    case badNumber = "bad_number"
    case badLink = "bad_link"
    case badRoster = "bad_roster"
    case badRule = "bad_rule"
    case badParent = "bad_parent"
    case empty
    case tooMany = "too_many"
    case totals
    case secrecy
    case onlyYesRegisters = "only_yes_registers"
    case chairChoice = "chair_choice"
    case faultyConfiguration = "faulty_configuration"

    // The command, and what keeps the answer.
    case conflict
    case commandReused = "command_reused"
    case busy
    case reloading
    case storage
    case storageFull = "storage_full"
    case storageFailed = "storage_failed"
    case record
    case recordDamaged = "record_damaged"

    /// `urn:plenary:no_such_hall`.
    package var type: String { "urn:plenary:\(rawValue)" }
    /// `no such hall`.
    package var title: String { String(rawValue.map { $0 == "_" ? " " : $0 }) }

    /// The status of an answer with this code, where it is not said otherwise: `bad_field` of a query is 400, `no_rules` is 404 when they are asked for.
    package var status: Int {
        switch self {
        case .tokenInURL: 400
        case .tokenNeeded, .badToken, .tokenExpired, .sessionOver: 401
        case .roleMissing, .otherHall, .csrf, .origin: 403
        case .noSuchHall, .noRecord, .noSuchToken, .noSuchFormat, .noPages, .unknownCommand, .unknownSitting, .unknownItem, .unknownRound,
            .unknownDeputy, .unknownSpeaker, .unknownRule:
            404
        case .idTaken, .nameTaken, .tooManyTokens, .alreadyRunning, .notRunning, .alreadyHidden, .notHidden, .noSlate, .sittingState,
            .anotherSittingOpen, .roundOpen, .roundState, .itemState, .speechRunning, .noSpeech, .speechState, .noRoster, .noRules,
            .noQuorum, .nothingToChange, .notEntitled, .notRegistered, .recused, .ballotTwice, .ballotAfterClose, .noBallot, .sameChoice,
            .secretRound, .notSecret, .secretInterrupted, .noTie, .chairMissing, .supersedes, .conflict, .commandReused, .reloading:
            409
        case .badInput, .badField, .badText, .badNumber, .badLink, .badRoster, .badRule, .badParent, .empty, .tooMany, .totals, .secrecy,
            .onlyYesRegisters, .chairChoice, .faultyConfiguration:
            422
        case .lockedOut: 429
        case .storageFailed, .record: 500
        case .cameraUnreachable, .cameraUnauthorized, .cameraUnusable, .cameraForbidden, .cameraEnded, .cameraWorker: 502
        case .busy, .recordDamaged: 503
        case .storage, .storageFull: 507
        }
    }
}
