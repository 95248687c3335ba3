import Commons
import HTTPTypes

/// A problem with header fields of its own: who may come back when, and how to say who one is.
struct ProblemResponse: Error {
    var problem: Problem
    var fields: HTTPFields = [:]

    /// RFC 6750 §3: nobody knows who asks.
    static func unknown(_ code: ProblemCode, _ detail: String) -> ProblemResponse {
        ProblemResponse(
            problem: Problem(code, detail: detail),
            fields: [.wwwAuthenticate: "Bearer realm=\"plenary\""])
    }

    static func forbidden(_ code: ProblemCode, _ detail: String) -> ProblemResponse {
        ProblemResponse(problem: Problem(code, detail: detail))
    }

    static func locked(seconds: Int) -> ProblemResponse {
        ProblemResponse(
            problem: Problem(.lockedOut, detail: "too many wrong tokens or codes came from this address: try again in \(seconds) seconds"),
            fields: [.retryAfter: String(seconds)])
    }
}
