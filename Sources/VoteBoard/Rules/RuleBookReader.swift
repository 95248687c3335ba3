import Foundation
import Yams

/// One fault of a rule file.
package struct RuleFileFault: Error, Hashable, Sendable {
    package var line: Int
    /// Path of keys: `rules.simple.base`.
    package var key: String
    package var problem: String

    package var sentence: String { "line \(line): \(key): \(problem)" }
}

/// The faults of a rule file, all at once.
package struct RuleFileFaults: Error, Hashable, Sendable {
    package var faults: [RuleFileFault]
    package var sentence: String { faults.map(\.sentence).joined(separator: "\n") }
}

extension RuleBook {
    /// Reads a file of `config/rules/`. Keys that are not known are faults, so that a misspelt rule is not ignored.
    package init(yaml: String) throws(RuleFileFaults) {
        guard yaml.utf8.count <= 256 << 10 else {
            throw RuleFileFaults(faults: [RuleFileFault(line: 1, key: "file", problem: "is larger than 256 KiB; shorten it")])
        }
        let root: Node
        do {
            guard let node = try Yams.compose(yaml: yaml) else { throw RuleFileProblem.empty }
            root = node
        } catch {
            throw RuleFileFaults(faults: [RuleFileFault(line: Self.line(of: error), key: "file", problem: "is not YAML: \(error)")])
        }
        var reader = RuleFileReader()
        let book = reader.book(root)
        guard reader.faults.isEmpty, let book else { throw RuleFileFaults(faults: reader.faults) }
        self = book
    }

    private static func line(of error: any Error) -> Int {
        switch error {
        case YamlError.scanner(_, _, let mark, _), YamlError.parser(_, _, let mark, _), YamlError.composer(_, _, let mark, _): mark.line
        default: 1
        }
    }
}

private enum RuleFileProblem: Error { case empty }

/// Walks the nodes of a rule file, collecting faults with their lines.
private struct RuleFileReader {
    var faults: [RuleFileFault] = []

    mutating func book(_ root: Node) -> RuleBook? {
        guard
            let keys = mapping(
                root, path: "file", known: ["country", "language", "time_zone", "head_votes", "quorum", "rules", "kinds", "speeches"])
        else { return nil }
        let country = text(keys["country"], "country", in: root)
        let language: Language? = choice(keys["language"], "language", in: root)
        let zone = text(keys["time_zone"], "time_zone", in: root)
        if let zone, TimeZone(identifier: zone) == nil {
            fault(keys["time_zone"] ?? root, "time_zone", "“\(zone)” is no time zone; write one like Europe/Kyiv")
        }
        let headVotes = flag(keys["head_votes"], "head_votes", in: root)
        let quorum = keys["quorum"].flatMap { self.quorum($0, "quorum") }
        let rules = rules(keys["rules"], quorum: quorum, in: root)
        let kinds = kinds(keys["kinds"], rules: Set(rules.keys), in: root)
        let speeches = speeches(keys["speeches"], in: root)
        guard let country, let language, let zone, let headVotes else { return nil }
        return RuleBook(
            country: country, language: language, timeZone: zone, headVotes: headVotes, rules: rules, kinds: kinds, speeches: speeches)
    }

    private mutating func rules(_ node: Node?, quorum: QuorumRule?, in root: Node) -> [String: VoteRule] {
        guard let node else {
            fault(root, "rules", "is missing; name at least one rule")
            return [:]
        }
        var rules: [String: VoteRule] = [:]
        for (name, entry) in mapping(node, path: "rules", known: nil) ?? [:] {
            if let rule = rule(entry, "rules.\(name)", quorum: quorum) { rules[name] = rule }
        }
        return rules
    }

    private mutating func rule(_ node: Node, _ path: String, quorum inherited: QuorumRule?) -> VoteRule? {
        guard let keys = mapping(node, path: path, known: ["base", "numerator", "denominator", "strict", "tie", "quorum"]) else {
            return nil
        }
        let base: VoteRule.Base? = choice(keys["base"], "\(path).base", in: node)
        let numerator = number(keys["numerator"], "\(path).numerator", in: node)
        let denominator = number(keys["denominator"], "\(path).denominator", in: node)
        let strict = flag(keys["strict"], "\(path).strict", in: node)
        let tie: VoteRule.Tie? = keys["tie"] == nil ? .fails : choice(keys["tie"], "\(path).tie", in: node)
        let quorum = keys["quorum"].map { self.quorum($0, "\(path).quorum") } ?? inherited
        guard let quorum else {
            fault(node, "\(path).quorum", "is missing here and at the top; give one")
            return nil
        }
        guard let base, let numerator, let denominator, let strict, let tie else { return nil }
        let rule = VoteRule(base: base, numerator: numerator, denominator: denominator, strict: strict, tie: tie, quorum: quorum)
        if let problem = rule.fault { fault(node, path, problem.sentence) }
        return rule
    }

    private mutating func quorum(_ node: Node, _ path: String) -> QuorumRule? {
        guard let keys = mapping(node, path: path, known: ["base", "numerator", "denominator", "strict"]) else { return nil }
        let base: QuorumRule.Base? = choice(keys["base"], "\(path).base", in: node)
        let numerator = number(keys["numerator"], "\(path).numerator", in: node)
        let denominator = number(keys["denominator"], "\(path).denominator", in: node)
        let strict = flag(keys["strict"], "\(path).strict", in: node)
        guard let base, let numerator, let denominator, let strict else { return nil }
        return QuorumRule(base: base, numerator: numerator, denominator: denominator, strict: strict)
    }

    private mutating func kinds(_ node: Node?, rules: Set<String>, in root: Node) -> [RoundKind: RuleBook.KindDefaults] {
        var kinds: [RoundKind: RuleBook.KindDefaults] = [:]
        let entries = node.flatMap { mapping($0, path: "kinds", known: RoundKind.allCases.map(\.rawValue)) } ?? [:]
        for kind in RoundKind.allCases {
            guard let entry = entries[kind.rawValue] else {
                fault(node ?? root, "kinds.\(kind.rawValue)", "is missing; say which rule such a round uses")
                continue
            }
            kinds[kind] = defaults(entry, "kinds.\(kind.rawValue)", rules: rules)
        }
        return kinds
    }

    private mutating func defaults(_ node: Node, _ path: String, rules: Set<String>) -> RuleBook.KindDefaults? {
        guard let keys = mapping(node, path: path, known: ["rule", "method", "reveal", "seconds"]) else { return nil }
        let rule = text(keys["rule"], "\(path).rule", in: node)
        if let rule, !rules.contains(rule) {
            fault(node, "\(path).rule", "“\(rule)” is not among the rules; use one of \(rules.sorted().joined(separator: ", "))")
        }
        let method: RoundMethod? = choice(keys["method"], "\(path).method", in: node)
        let reveal: Reveal? = choice(keys["reveal"], "\(path).reveal", in: node)
        let seconds = keys["seconds"].flatMap { number($0, "\(path).seconds", in: node) }
        if let seconds, !(1...Limits.duration).contains(seconds) {
            fault(node, "\(path).seconds", "is \(seconds); give 1 to \(Limits.duration)")
        }
        guard let rule, let method, let reveal else { return nil }
        if (method == .secret) != (reveal == .secret) {
            fault(node, "\(path).reveal", "method and reveal are secret together or not at all; correct one of them")
        }
        return RuleBook.KindDefaults(rule: rule, method: method, reveal: reveal, seconds: seconds)
    }

    private mutating func speeches(_ node: Node?, in root: Node) -> [SpeechKind: Int] {
        var seconds: [SpeechKind: Int] = [:]
        let entries = node.flatMap { mapping($0, path: "speeches", known: SpeechKind.allCases.map(\.rawValue)) } ?? [:]
        for kind in SpeechKind.allCases {
            let value = number(entries[kind.rawValue], "speeches.\(kind.rawValue)", in: node ?? root)
            if let value, !(1...Limits.duration).contains(value) {
                fault(node ?? root, "speeches.\(kind.rawValue)", "is \(value); give seconds, 1 to \(Limits.duration)")
            }
            seconds[kind] = value
        }
        return seconds
    }

    // MARK: values

    private mutating func mapping(_ node: Node, path: String, known: [String]?) -> [String: Node]? {
        guard let pairs = node.mapping else {
            fault(node, path, "is not a mapping; indent its keys below it")
            return nil
        }
        var keys: [String: Node] = [:]
        for (key, value) in pairs {
            guard let name = key.string else { continue }
            if let known, !known.contains(name) {
                fault(key, path == "file" ? name : "\(path).\(name)", "is not a known key; use one of \(known.joined(separator: ", "))")
            }
            if keys.updateValue(value, forKey: name) != nil { fault(key, "\(path).\(name)", "is there twice; keep one") }
        }
        return keys
    }

    private mutating func text(_ node: Node?, _ path: String, in parent: Node) -> String? {
        guard let value = node?.string, !value.isEmpty else {
            fault(node ?? parent, path, "is missing or empty; write a word")
            return nil
        }
        return value
    }

    private mutating func number(_ node: Node?, _ path: String, in parent: Node) -> Int? {
        guard let value = node?.string.flatMap(Int.init) else {
            fault(node ?? parent, path, "is missing or no whole number; write digits")
            return nil
        }
        return value
    }

    private mutating func flag(_ node: Node?, _ path: String, in parent: Node) -> Bool? {
        switch node?.string {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            fault(node ?? parent, path, "is missing or neither true nor false; write one of them")
            return nil
        }
    }

    private mutating func choice<Value: RawRepresentable & CaseIterable>(_ node: Node?, _ path: String, in parent: Node) -> Value?
    where Value.RawValue == String {
        let allowed = Value.allCases.map(\.rawValue).joined(separator: ", ")
        guard let value = node?.string.flatMap(Value.init(rawValue:)) else {
            fault(node ?? parent, path, "is missing or not one of \(allowed)")
            return nil
        }
        return value
    }

    private mutating func fault(_ node: Node, _ path: String, _ problem: String) {
        faults.append(RuleFileFault(line: node.mark?.line ?? 1, key: path, problem: problem))
    }
}
