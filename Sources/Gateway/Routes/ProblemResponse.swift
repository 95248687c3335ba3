import HTTPTypes

/// A problem with header fields of its own: who may come back when, and how to say who one is.
struct ProblemResponse: Error {
    var problem: ControlProblem
    var fields: HTTPFields = [:]

    /// RFC 6750 §3: nobody knows who asks.
    static func unknown(_ type: String, _ detail: String) -> ProblemResponse {
        ProblemResponse(
            problem: ControlProblem(type: type, title: "Unauthorized", status: 401, detail: detail),
            fields: [.wwwAuthenticate: "Bearer realm=\"plenary\""])
    }

    static func forbidden(_ type: String, _ detail: String) -> ProblemResponse {
        ProblemResponse(problem: ControlProblem(type: type, title: "Forbidden", status: 403, detail: detail))
    }

    static func locked(seconds: Int) -> ProblemResponse {
        ProblemResponse(
            problem: ControlProblem(
                type: "urn:plenary:locked-out", title: "Too Many Requests", status: 429,
                detail: "too many wrong tokens or codes came from this address: try again in \(seconds) seconds"),
            fields: [.retryAfter: String(seconds)])
    }
}
