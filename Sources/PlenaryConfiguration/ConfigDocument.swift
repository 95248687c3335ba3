import Yams

/// The YAML text as nodes that know their line and column.
struct ConfigDocument {
    /// A key that was found twice is marked with this scalar in front, so that everything else can still be read.
    static let repeatedMark: Unicode.Scalar = "\u{E000}"

    let root: Node?

    init(_ text: String) throws(ConfigFault) {
        var text = text
        // Yams refuses a mapping at its first repeated key: mark the key and read again, to find the other faults too.
        for _ in 0..<100 {
            do {
                root = try compose(yaml: text)
                return
            } catch let YamlError.duplicatedKeysInMapping(_, context) {
                guard let marked = Self.marking(text, at: context.mark) else {
                    throw ConfigFault(place: Self.place(context.mark), key: "", message: "a key stands here twice: remove one")
                }
                text = marked
            } catch {
                throw Self.fault(error)
            }
        }
        throw ConfigFault(place: .file, key: "", message: "more than 100 keys stand here twice: is this file a configuration?")
    }

    /// Puts `repeatedMark` before the key at `mark`.
    private static func marking(_ text: String, at mark: Mark) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        var scalars = Array(lines[mark.line - 1].unicodeScalars)
        var index = mark.column - 1
        guard scalars.indices.contains(index) else { return nil }
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard index <= scalars.count else { return nil }
        scalars.insert(repeatedMark, at: index)
        var line = String.UnicodeScalarView()
        line.append(contentsOf: scalars)
        lines[mark.line - 1] = String(line)
        return lines.joined(separator: "\n")
    }

    static func place(_ mark: Mark?) -> ConfigFault.Place {
        guard let mark else { return .file }
        return .line(mark.line, column: mark.column)
    }

    private static func fault(_ error: any Error) -> ConfigFault {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _), YamlError.parser(let context, let problem, let mark, _),
            YamlError.composer(let context, let problem, let mark, _):
            let before = context.map { "\($0.text.trimmed): " } ?? ""
            // `camera: test:` without quotes is the likeliest way to this one.
            let remedy =
                problem.contains("mapping values are not allowed")
                ? "a value with a colon at its end or before a space needs quotes, as in camera: \"test:\"; else mind the indentation"
                : "mind the indentation: spaces, no tabs"
            return ConfigFault(place: place(mark), key: "", message: "not YAML: \(before)\(problem) (\(remedy))")
        case YamlError.reader(let problem, _, _, _):
            return ConfigFault(place: .file, key: "", message: "not YAML: \(problem)")
        default:
            return ConfigFault(place: .file, key: "", message: "not YAML: \(error)")
        }
    }
}

extension String {
    fileprivate var trimmed: Substring { self[...].trimmingPrefix(while: \.isWhitespace) }
}
