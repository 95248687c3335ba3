import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The file of tokens and sessions: digests only, mode 0600, replaced whole.
struct KeyFile: Sendable {
    struct Token: Codable, Sendable, Equatable {
        var id: String
        var name: String
        var role: Role
        /// `nil`: every hall.
        var halls: [String]?
        /// UTC milliseconds.
        var created: Int64
        var expires: Int64
        /// SHA-256 of the secret, hexadecimal.
        var digest: String
    }

    struct Session: Codable, Sendable, Equatable {
        var id: String
        var name: String
        var roles: [Role]
        var halls: [String]?
        /// The token that opened it.
        var token: String?
        var created: Int64
        var expires: Int64
        var digest: String
    }

    struct Contents: Codable, Sendable, Equatable {
        var version = 1
        var tokens: [Token] = []
        var sessions: [Session] = []
        /// Somebody used a setup code: no other is offered.
        var isSetUp = false
    }

    let path: String

    /// - Returns: `nil` when there is no file yet.
    func read() throws(KeyFileFault) -> Contents? {
        guard access(path, F_OK) == 0 else { return nil }
        chmod(path, 0o600)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw KeyFileFault(path: path, reason: "it cannot be read: give it to the daemon's user")
        }
        do {
            let contents = try JSONDecoder().decode(Contents.self, from: data)
            guard contents.version == 1 else { throw KeyFileFault(path: path, reason: "its version is \(contents.version), not 1") }
            return contents
        } catch let fault as KeyFileFault {
            throw fault
        } catch {
            throw KeyFileFault(path: path, reason: "it is damaged: restore it, or move it away to begin without tokens")
        }
    }

    /// On the disk when this returns, whatever happens to the power: the old file or the new, never half of one.
    func write(_ contents: Contents) throws(KeyFileFault) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(contents) else { throw KeyFileFault(path: path, reason: "it cannot be encoded") }
        let fresh = path + ".new"
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("be made") }
        var written = fchmod(descriptor, 0o600) == 0
        data.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while written, !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                written = count > 0
                rest = rest.dropFirst(max(0, count))
            }
        }
        written = written && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard written, rename(fresh, path) == 0 else {
            let fault = written ? failure("take its place") : failure("be written", code)
            unlink(fresh)
            throw fault
        }
        // The name itself must be there after a power cut.
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func failure(_ what: String, _ code: Int32 = errno) -> KeyFileFault {
        KeyFileFault(path: path, reason: "it cannot \(what): \(String(cString: strerror(code)))")
    }
}

struct KeyFileFault: Error, Equatable, CustomStringConvertible {
    var path: String
    var reason: String
    var description: String { "the tokens' file \(path): \(reason)" }
}
