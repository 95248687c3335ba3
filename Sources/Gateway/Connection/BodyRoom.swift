import NIOHTTP1

/// How large a request's body may be: by its route, and, beyond the usual, only for those who may send one.
struct BodyRoom: Sendable {
    var bytes: Int
    /// The route takes more, from somebody who says who they are.
    var isForStrangers = false

    /// - Parameter knows: whether the request shows a secret that is known; asked for the large ones only.
    init(for head: HTTPRequestHead, limits: DoorLimits, knows: () -> Bool) {
        guard case .POST = head.method else {
            bytes = limits.bodyBytes
            return
        }
        let path = head.uri.prefix { $0 != "?" }
        let wanted: Int =
            if !path.hasPrefix("/api/v1/halls/") {
                limits.bodyBytes
            } else if path.hasSuffix("/commands") {
                limits.commandBytes
            } else if path.hasSuffix("/roster") || path.hasSuffix("/agenda") || path.hasSuffix("/hall-system") {
                limits.fileBytes
            } else {
                limits.bodyBytes
            }
        let isUsual = wanted <= limits.bodyBytes
        isForStrangers = !isUsual && !knows()
        bytes = isForStrangers ? limits.bodyBytes : wanted
    }

    /// What to answer to a larger one.
    var refusal: (status: Int, sentence: String) {
        isForStrangers
            ? (401, "a body of more than \(bytes) bytes is read from those only who send a valid token or session with it")
            : (413, "the request's body is larger than \(bytes) bytes")
    }
}
