import Commons
import NIOCore

/// Text made safe for HTML, in elements and in quoted attributes.
enum HTML {
    static func escaped(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Puts escaped values in the place of `{{name}}`; an unknown name becomes nothing.
    static func filled(_ template: String, _ values: [String: Value]) -> String {
        var out = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "{{") {
            out += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                out += rest[open.lowerBound...]
                return out
            }
            switch values[String(rest[open.upperBound..<close.lowerBound].trimmed)] {
            case .text(let text): out += escaped(text)
            case .html(let html): out += html
            case nil: break
            }
            rest = rest[close.upperBound...]
        }
        return out + rest
    }

    enum Value {
        case text(String)
        /// Already safe.
        case html(String)
    }
}

/// The error page for people.
enum ErrorPage {
    static func html(_ problem: Problem) -> ByteBuffer {
        ByteBuffer(
            string: """
                <!doctype html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>\(HTML.escaped(HTTPStatus.phrase(problem.status)))</title></head>
                <body><h1>\(HTML.escaped(HTTPStatus.phrase(problem.status)))</h1><p>\(HTML.escaped(problem.detail))</p><p><a href="/">To the sittings</a></p></body></html>

                """)
    }
}
