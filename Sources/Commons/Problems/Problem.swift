/// Why a request was refused or failed, for programs and for people: RFC 9457.
package struct Problem: Error, Hashable, Sendable {
    package static let contentType = "application/problem+json"

    /// `nil`: the status says all there is to say (`about:blank`).
    package var code: ProblemCode?
    package var status: Int
    /// A sentence: what is the matter and what to do.
    package var detail: String
    /// The input to look at.
    package var field: String?

    /// - Parameter status: where it is not the usual one of the code.
    package init(_ code: ProblemCode, status: Int? = nil, detail: String, field: String? = nil) {
        self.code = code
        self.status = status ?? code.status
        self.detail = detail
        self.field = field
    }

    package init(status: Int, detail: String) {
        self.status = status
        self.detail = detail
    }

    package var type: String { code?.type ?? "about:blank" }
    package var title: String { code?.title ?? HTTPStatus.phrase(status) }

    /// The body, without a line feed; keys are sorted.
    ///
    /// - Parameter members: further ones (§3.2), each with its value in JSON.
    package func json(adding members: [String: [UInt8]] = [:]) -> [UInt8] {
        var entries = members
        entries["type"] = Self.quoted(type)
        entries["title"] = Self.quoted(title)
        entries["status"] = Array(String(status).utf8)
        entries["detail"] = Self.quoted(detail)
        entries["code"] = code.map { Self.quoted($0.rawValue) }
        entries["field"] = field.map(Self.quoted)
        var bytes = [UInt8(ascii: "{")]
        for (name, value) in entries.sorted(by: { $0.key < $1.key }) {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            JSONText.append(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: value)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes)
        return bytes
    }
}
