/// Delivery directives of a playlist request (RFC 8216bis §6.2.5).
package struct DeliveryDirectives: Sendable, Equatable {
    package var mediaSequence: Int?
    package var part: Int?
    package var skip = false

    /// What is wrong with a query, as a sentence.
    package struct Fault: Error, Equatable {
        package var reason: String
    }

    /// Reads `_HLS_msn`, `_HLS_part` and `_HLS_skip`; other parameters are ignored.
    package init(query: Substring) throws(Fault) {
        if query.isEmpty { return }
        for field in query.split(separator: "&") {
            let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? pair[1] : ""
            switch pair[0] {
            case "_HLS_msn":
                guard mediaSequence == nil, let number = LiveName.number(value) else { throw Self.bad("_HLS_msn", value) }
                mediaSequence = number
            case "_HLS_part":
                guard part == nil, let number = LiveName.number(value) else { throw Self.bad("_HLS_part", value) }
                part = number
            case "_HLS_skip":
                // v2 also skips date ranges, if the server offers that (§6.2.5.1); ours does not, and treats it as YES.
                guard value == "YES" || value == "v2" else { throw Fault(reason: "_HLS_skip is YES or v2") }
                skip = true
            default: continue
            }
        }
        guard part == nil || mediaSequence != nil else { throw Fault(reason: "_HLS_part needs _HLS_msn") }
    }

    private static func bad(_ name: String, _ value: Substring) -> Fault {
        Fault(reason: "\(name) is a decimal number of at most 15 digits, given once")
    }
}

/// Whether a playlist request is answered now (RFC 8216bis §6.2.5.2): a function of the window's end.
package enum BlockingReload {
    package enum Decision: Sendable, Equatable {
        case now
        case hold
        /// 400: the request is too far ahead.
        case tooFar(reason: String)
    }

    package static func decide(_ directives: DeliveryDirectives, window: LiveWindow) -> Decision {
        guard let wanted = directives.mediaSequence, !window.isEnded, let last = window.segments.last else { return .now }
        guard wanted <= last.mediaSequence + 2 else {
            return .tooFar(reason: "_HLS_msn=\(wanted) is more than two ahead of the last segment, \(last.mediaSequence)")
        }
        guard let part = directives.part else {
            let complete = last.isComplete ? last.mediaSequence : last.mediaSequence - 1
            return wanted <= complete ? .now : .hold
        }
        // A part past the end of a complete segment is the first of the next, which has come.
        if wanted < last.mediaSequence { return .now }
        guard wanted == last.mediaSequence else { return .hold }
        if part < last.parts.count { return .now }
        if last.isComplete { return .hold }
        guard part < last.parts.count + advanceLimit(window.targets) else {
            return .tooFar(reason: "_HLS_part=\(part) is too far ahead of part \(last.parts.count - 1)")
        }
        return .hold
    }

    /// Parts a client may ask ahead (§6.2.5.2, Advance Part Limit): three, or as many as fill three seconds.
    private static func advanceLimit(_ targets: LiveTargets) -> Int {
        targets.partTarget < 90_000 ? Int(270_000 / max(1, targets.partTarget)) : 3
    }
}
