import Foundation
import PlenaryConfiguration
import StreamRelay

/// A configuration as it was read from disk.
struct ConfigFile {
    var config: PlenaryConfig
    /// Sentences about what is allowed but unwise.
    var warnings: [String]

    /// - Throws: `CommandFailure` with status 78 that holds every fault.
    static func load(_ path: String, overrides: ConfigOverrides) throws(CommandFailure) -> ConfigFile {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            let reason =
                FileManager.default.fileExists(atPath: path) ? "cannot be read (is it UTF-8, and may this user read it?)" : "is not there"
            throw CommandFailure(
                .configuration, "the configuration \(path) \(reason): give another with --config, or copy config/plenary.yaml")
        }
        let folder = (absolute(path) as NSString).deletingLastPathComponent
        let reader = ConfigReader(file: path, folder: folder, overrides: overrides) { name in
            guard let text = try? String(contentsOfFile: name, encoding: .utf8) else { throw UnreadableFile() }
            return text
        }
        do {
            let config = try reader.read(text)
            return ConfigFile(config: config, warnings: warnings(about: config, path: path))
        } catch {
            throw CommandFailure(.configuration, error.description)
        }
    }

    private struct UnreadableFile: Error, CustomStringConvertible {
        var description: String { "no such file, or this user may not read it" }
    }

    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }

    private static func warnings(about config: PlenaryConfig, path: String) -> [String] {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o004 != 0 else { return [] }
        let secret = config.halls.filter { $0.stream.camera.raw != $0.stream.camera.redacted && !$0.cameraIsInFile }.map(\.name)
        guard !secret.isEmpty else { return [] }
        return [
            "\(path) holds a password or key (\(secret.joined(separator: ", "))) and every user of this machine can read it: "
                + "chmod 640 it, or use cameraFile"
        ]
    }
}
