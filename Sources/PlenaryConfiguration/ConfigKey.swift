import StreamRelay
import Yams

/// What a value is not: the part of a fault's sentence that says what was found and what is allowed.
struct Mismatch: Error {
    var message: String
    init(_ message: String) { self.message = message }
    /// `“abc” is not …`: the usual form.
    init(found: Node, allowed: String) { message = "\(found.shown) is not allowed here: expected \(allowed)" }
}

/// One key of the configuration: its name, its default, what it allows, and what it is for. The only source of defaults.
struct ConfigKey<Value: Sendable>: Sendable {
    let name: String
    /// `nil`: must be given.
    let fallback: Value?
    /// The default as YAML, for the documented example.
    let shown: String
    /// What may be written, as the end of the sentence “expected …”.
    let allowed: String
    let help: String
    let read: @Sendable (Node) throws(Mismatch) -> Value

    var document: KeyDocument { KeyDocument(name: name, fallback: shown, allowed: allowed, help: help, required: fallback == nil) }
}

/// A key as documentation and tests see it.
public struct KeyDocument: Sendable, Equatable {
    public var name: String
    /// The default as YAML.
    public var fallback: String
    public var allowed: String
    public var help: String
    public var required: Bool
}

extension Node {
    /// The value as a fault shows it: short, on one line.
    var shown: String {
        switch self {
        case .scalar(let scalar):
            if isEmptyScalar { return "nothing" }
            let text = String(scalar.string.prefix(60)).replacing("\n", with: " ")
            return "“\(text)\(scalar.string.count > 60 ? "…" : "")”"
        case .mapping: return "a block of keys"
        case .sequence: return "a list"
        case .alias: return "an alias"
        }
    }

    /// `key:` with nothing behind it, `~` or `null`.
    var isEmptyScalar: Bool {
        guard case .scalar(let scalar) = self else { return false }
        return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The text of a scalar as it was written, whatever YAML takes it for (`language: no` is Norwegian, not false).
    var written: String? {
        guard case .scalar(let scalar) = self, !isEmptyScalar else { return nil }
        return scalar.string
    }
}
