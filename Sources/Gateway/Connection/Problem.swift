import NIOCore

/// The bodies of errors: RFC 9457 for programs, a plain page for people.
enum Problem {
    static let contentType = "application/problem+json"

    static func body(status: Int, title: String? = nil, detail: String, type: String = "about:blank") -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeString("{\"type\":\(quoted(type)),\"title\":\(quoted(title ?? phrase(status))),")
        let code = type.hasPrefix("urn:plenary:") ? ",\"code\":\(quoted(String(type.dropFirst(12))))" : ""
        buffer.writeString("\"status\":\(status),\"detail\":\(quoted(detail))\(code)}\n")
        return buffer
    }

    /// A JSON string (RFC 8259 §7).
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case _ where scalar.value < 0x20:
                out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }

    static func phrase(_ status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 200: "OK"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 507: "Insufficient Storage"
        case 505: "HTTP Version Not Supported"
        default: "Status \(status)"
        }
    }
}
