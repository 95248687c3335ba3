import StreamRelay
import Yams

// The kinds of values a key can take.

extension ConfigKey where Value == Bool {
    static func flag(_ name: String, _ fallback: Bool, help: String) -> Self {
        let allowed = "true or false"
        return Self(name: name, fallback: fallback, shown: fallback ? "true" : "false", allowed: allowed, help: help) {
            node throws(Mismatch) in
            guard case .scalar(let scalar) = node, scalar.style == .plain else { throw Mismatch(found: node, allowed: allowed) }
            switch scalar.string.lowercased() {
            case "true", "yes", "on": return true
            case "false", "no", "off": return false
            default: throw Mismatch(found: node, allowed: allowed)
            }
        }
    }
}

extension ConfigKey where Value == Double {
    static func seconds(_ name: String, _ fallback: Double, in range: ClosedRange<Double>, help: String) -> Self {
        let allowed = "seconds, \(short(range.lowerBound)) to \(short(range.upperBound))"
        return Self(name: name, fallback: fallback, shown: short(fallback), allowed: allowed, help: help) { node throws(Mismatch) in
            guard let text = node.written, let value = Double(text), value.isFinite else { throw Mismatch(found: node, allowed: allowed) }
            guard range.contains(value) else { throw Mismatch("\(text) is out of range: expected \(allowed)") }
            return value
        }
    }
}

extension ConfigKey where Value == Int {
    static func count(_ name: String, _ fallback: Int, in range: ClosedRange<Int>, help: String) -> Self {
        let allowed = "a whole number, \(range.lowerBound) to \(range.upperBound)"
        return Self(name: name, fallback: fallback, shown: String(fallback), allowed: allowed, help: help) { node throws(Mismatch) in
            guard let text = node.written, let value = Int(text) else { throw Mismatch(found: node, allowed: allowed) }
            guard range.contains(value) else { throw Mismatch("\(text) is out of range: expected \(allowed)") }
            return value
        }
    }

    static func bytes(_ name: String, _ fallback: Int, in range: ClosedRange<Int>, help: String) -> Self {
        let allowed =
            "a size, \(ByteCount.text(range.lowerBound)) to \(ByteCount.text(range.upperBound)), such as \(ByteCount.text(fallback))"
        return Self(name: name, fallback: fallback, shown: ByteCount.text(fallback), allowed: allowed, help: help) {
            node throws(Mismatch) in
            guard let text = node.written, let value = ByteCount.parse(text) else { throw Mismatch(found: node, allowed: allowed) }
            guard range.contains(value) else { throw Mismatch("\(text) is out of range: expected \(allowed)") }
            return value
        }
    }
}

extension ConfigKey where Value == String {
    static func text(
        _ name: String, _ fallback: String?, allowed: String, help: String, where isAllowed: @escaping @Sendable (String) -> Bool
    ) -> Self {
        Self(name: name, fallback: fallback, shown: fallback.map(quoted) ?? "", allowed: allowed, help: help) { node throws(Mismatch) in
            guard let text = node.written, isAllowed(text) else { throw Mismatch(found: node, allowed: allowed) }
            return text
        }
    }

    static func choice(_ name: String, _ fallback: String, of choices: [String], help: String) -> Self {
        let allowed = "one of " + choices.joined(separator: ", ")
        return Self(name: name, fallback: fallback, shown: fallback, allowed: allowed, help: help) { node throws(Mismatch) in
            guard let text = node.written else { throw Mismatch(found: node, allowed: allowed) }
            guard choices.contains(text) else {
                let hint = nearestName(to: text, among: choices).map { ": did you mean \($0)?" } ?? ""
                throw Mismatch("“\(text)” is not \(allowed)\(hint)")
            }
            return text
        }
    }
}

extension ConfigKey where Value == String? {
    /// A path of a file or folder; `null` when there is none.
    static func path(_ name: String, help: String) -> Self {
        let allowed = "a path"
        return Self(name: name, fallback: .some(nil), shown: "null", allowed: allowed, help: help) { node throws(Mismatch) in
            if node.isEmptyScalar { return nil }
            guard let text = node.written, !text.unicodeScalars.contains("\0") else { throw Mismatch(found: node, allowed: allowed) }
            return text
        }
    }
}

extension ConfigKey where Value == String? {
    /// `ws://` or `wss://`, host and port: a path is the halls' own.
    static func webSocketURL(_ name: String, help: String) -> Self {
        let allowed = "ws:// or wss://, a host and perhaps a port, such as wss://votes.council.example, or null"
        return Self(name: name, fallback: .some(nil), shown: "null", allowed: allowed, help: help) { node throws(Mismatch) in
            if node.isEmptyScalar { return nil }
            guard let text = node.written, text.utf8.count <= 256,
                text.wholeMatch(of: /wss?:\/\/([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?\/?/) != nil
            else { throw Mismatch(found: node, allowed: allowed) }
            return text.hasSuffix("/") ? String(text.dropLast()) : text
        }
    }

    /// The name of a country's preset, or a path.
    static func ruleFile(_ name: String, help: String) -> Self {
        let allowed = "one of \(rulePresets.joined(separator: ", ")), or the path of a rule file such as ./rules.yaml"
        return Self(name: name, fallback: .some(nil), shown: "null", allowed: allowed, help: help) { node throws(Mismatch) in
            if node.isEmptyScalar { return nil }
            guard let text = node.written, rulePresets.contains(text) || text.contains("/") || text.contains("."),
                !text.unicodeScalars.contains("\0")
            else { throw Mismatch(found: node, allowed: allowed) }
            return text
        }
    }
}

/// Countries whose rules come with the program, `config/rules/`.
let rulePresets = ["ua", "lt", "ge"]

extension ConfigKey where Value == [String] {
    static func texts(_ name: String, limit: Int, help: String) -> Self {
        let allowed = "a list of up to \(limit) names"
        return Self(name: name, fallback: [], shown: "[]", allowed: allowed, help: help) { node throws(Mismatch) in
            guard case .sequence(let sequence) = node, sequence.count <= limit else { throw Mismatch(found: node, allowed: allowed) }
            var texts: [String] = []
            for item in sequence {
                guard let text = item.written, (1...64).contains(text.count) else {
                    throw Mismatch("\(item.shown) is not a name of 1 to 64 characters")
                }
                texts.append(text)
            }
            return texts
        }
    }
}

extension ConfigKey where Value == [String] {
    /// Web origins as browsers write them in `Origin` (RFC 6454 §6.2), or `"*"` alone.
    static func origins(_ name: String, _ fallback: [String], limit: Int, help: String) -> Self {
        let allowed = "a list of up to \(limit) origins such as https://council.example, or [\"*\"]"
        let shown = "[" + fallback.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
        return Self(name: name, fallback: fallback, shown: shown, allowed: allowed, help: help) { node throws(Mismatch) in
            guard case .sequence(let sequence) = node, sequence.count <= limit else { throw Mismatch(found: node, allowed: allowed) }
            var origins: [String] = []
            for item in sequence {
                guard let text = item.written, text == "*" || isOrigin(text) else {
                    throw Mismatch("\(item.shown) is not an origin: expected scheme, host and port only, such as https://council.example")
                }
                origins.append(text)
            }
            guard origins.count == 1 || !origins.contains("*") else { throw Mismatch("“*” is every site: it stands alone, or not at all") }
            return origins
        }
    }

    /// `scheme://host[:port]` in small letters, for a browser's word is compared letter by letter.
    private static func isOrigin(_ text: String) -> Bool {
        text.utf8.count <= 256 && text.wholeMatch(of: /https?:\/\/([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/) != nil
    }
}

extension ConfigKey where Value == ListenAddress {
    static func address(_ name: String, _ fallback: ListenAddress, help: String) -> Self {
        let allowed = "host:port, such as \(fallback) or [::1]:\(fallback.port)"
        return Self(name: name, fallback: fallback, shown: fallback.description, allowed: allowed, help: help) { node throws(Mismatch) in
            guard let text = node.written, let address = ListenAddress(text) else { throw Mismatch(found: node, allowed: allowed) }
            return address
        }
    }
}

extension ConfigKey where Value == ListenAddress? {
    /// A door that stays shut unless an address is given.
    static func optionalAddress(_ name: String, example: String, help: String) -> Self {
        let allowed = "host:port, such as \(example), or null for none"
        return Self(name: name, fallback: .some(nil), shown: "null", allowed: allowed, help: help) { node throws(Mismatch) in
            if node.isEmptyScalar { return nil }
            guard let text = node.written, let address = ListenAddress(text) else { throw Mismatch(found: node, allowed: allowed) }
            return address
        }
    }
}

extension ConfigKey where Value == CameraAddress? {
    /// A camera's address; a fault never shows it, for it may hold a password.
    static func camera(_ name: String, help: String) -> Self {
        let allowed = "rtsp://…, rtmp://…, rtmp-push:KEY, srt://…, udp://…, rtp://…, a file or test:"
        return Self(name: name, fallback: .some(nil), shown: "null", allowed: allowed, help: help) { node throws(Mismatch) in
            if node.isEmptyScalar { return nil }
            guard case .scalar(let scalar) = node else { throw Mismatch(found: node, allowed: allowed) }
            do throws(CameraAddress.Fault) {
                return try CameraAddress(scalar.string)
            } catch {
                throw Mismatch(error.description)
            }
        }
    }
}

/// A number without a needless fraction: 2, 0.5.
func short(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value) }

private func quoted(_ text: String) -> String { text.isEmpty ? "\"\"" : text }
