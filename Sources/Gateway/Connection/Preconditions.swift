import NIOHTTP1

/// The questions a request's header asks about a representation.
enum Preconditions {
    /// `If-None-Match` (RFC 9110 §13.1.2): weak comparison against any of `etags`.
    static func isUnchanged(_ headers: HTTPHeaders, etags: String...) -> Bool {
        for field in headers["if-none-match"] {
            for item in field.split(separator: ",") {
                var tag = item.trimmed
                if tag == "*" { return true }
                if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
                if etags.contains(where: { $0 == tag }) { return true }
            }
        }
        return false
    }

    /// `If-Range` (RFC 9110 §13.1.5): strong comparison; a date never holds, we send none.
    static func rangeHolds(_ headers: HTTPHeaders, etag: String) -> Bool {
        guard let field = headers.first(name: "if-range") else { return true }
        return field.trimmed == etag
    }

    /// Whether `Accept-Encoding` takes gzip (RFC 9110 §12.5.3).
    static func acceptsGzip(_ headers: HTTPHeaders) -> Bool {
        var star = false
        for field in headers["accept-encoding"] {
            for item in field.split(separator: ",") {
                let parts = item.split(separator: ";")
                guard let coding = parts.first?.trimmed.lowercased() else { continue }
                let refused = parts.dropFirst().contains { isZero($0) }
                if coding == "gzip" || coding == "x-gzip" { return !refused }
                if coding == "*" { star = !refused }
            }
        }
        return star
    }

    /// `q=0`, `q=0.0`, `q=0.000`.
    private static func isZero(_ parameter: Substring) -> Bool {
        let text = parameter.trimmed.lowercased()
        guard text.hasPrefix("q=") else { return false }
        return Double(text.dropFirst(2)).map { $0 <= 0 } ?? false
    }
}
