import PlenaryConfiguration

/// Reads a configuration as if it were `/etc/plenary/plenary.yaml`.
func read(_ text: String, overrides: ConfigOverrides = ConfigOverrides(), files: [String: String] = [:]) throws -> PlenaryConfig {
    struct Absent: Error, CustomStringConvertible { var description: String { "no such file" } }
    let reader = ConfigReader(file: "plenary.yaml", folder: "/etc/plenary", overrides: overrides) { path in
        guard let text = files[path] else { throw Absent() }
        return text
    }
    return try reader.read(text)
}

/// The faults of a configuration as lines; empty when it has none.
func faults(_ text: String, overrides: ConfigOverrides = ConfigOverrides(), files: [String: String] = [:]) -> [String] {
    do {
        _ = try read(text, overrides: overrides, files: files)
        return []
    } catch let faults as ConfigFaults {
        return faults.lines
    } catch {
        return ["\(error)"]
    }
}

/// A configuration with one hall and these further lines of the hall.
func hall(_ lines: String...) -> String {
    (["halls:", "  - name: council", "    camera: \"test:\""] + lines.map { "    \($0)" }).joined(separator: "\n")
}
