import Commons

/// A small JSON object of texts, whole numbers and lists of texts: what a request about tokens and sessions says.
enum FlatJSON {
    enum Value: Equatable {
        case text(String)
        case number(Int)
        case texts([String])
        case null
    }

    struct Fault: Error, Equatable { var sentence: String }

    /// - Parameter known: the fields that may stand there; another one is a fault.
    static func fields(_ body: [UInt8], known: [String]) throws(Fault) -> [String: Value] {
        guard let text = String(validating: body, as: UTF8.self) else { throw Fault(sentence: "the body is not UTF-8") }
        let node: JSONNode
        do throws(StrictJSON.Fault) { node = try StrictJSON.parse(text) } catch {
            throw Fault(sentence: "line \(error.line), column \(error.column): \(error.problem)")
        }
        guard let entries = node.object else { throw Fault(sentence: "the body is no JSON object") }
        var fields: [String: Value] = [:]
        for (name, entry) in entries {
            guard known.contains(name) else {
                throw Fault(sentence: "“\(name.prefix(60))” is not a field here; use \(known.joined(separator: ", "))")
            }
            fields[name] = try value(entry, of: name)
        }
        return fields
    }

    private static func value(_ node: JSONNode, of name: String) throws(Fault) -> Value {
        switch node.value {
        case .null: return .null
        case .string(let text): return .text(text)
        case .number(let text): if let number = Int(text) { return .number(number) }
        case .array(let items):
            let texts = items.compactMap(\.string)
            if texts.count == items.count { return .texts(texts) }
        case .bool, .object: break
        }
        throw Fault(sentence: "“\(name)” must be text, a whole number or a list of texts")
    }
}
