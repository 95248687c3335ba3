import Glibc
import VoteBoard

/// The key that signs the heads of every record: 32 bytes in a file that only the daemon's user can read.
enum RecordKey {
    static let name = "record.key"

    /// Reads the key, or makes it on the first start; a new one is on the disk when this returns.
    static func load(from state: String) throws(CommandFailure) -> (signer: LogSigner, isNew: Bool) {
        let path = "\(state)/\(name)"
        if let bytes = try read(path) {
            guard let signer = try? LogSigner(rawKey: bytes) else {
                throw CommandFailure(
                    .refused,
                    "the key of the record, \(path), is damaged (\(bytes.count) bytes instead of 32): put it back from a backup, or move it away; "
                        + "a new one is made then, and those who check the record have to be told of it")
            }
            return (signer, false)
        }
        let signer = LogSigner()
        try write(signer.rawKey, to: path, in: state)
        return (signer, true)
    }

    private static func read(_ path: String) throws(CommandFailure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("the key of the record, \(path), cannot be read", errno)
        }
        defer { close(descriptor) }
        // Whoever copied it back may have left it open to others.
        _ = fchmod(descriptor, 0o600)
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure("the key of the record, \(path), cannot be read", errno) }
        return Array(bytes.prefix(count))
    }

    /// Under another name first, so that half a key never stands under the right one.
    private static func write(_ key: [UInt8], to path: String, in folder: String) throws(CommandFailure) {
        let draft = "\(path).new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("the key of the record, \(draft), cannot be written", errno) }
        let isWritten = Glibc.write(descriptor, key, key.count) == key.count && fsync(descriptor) == 0
        let code = errno
        close(descriptor)
        guard isWritten else { throw failure("the key of the record, \(draft), cannot be written", code) }
        guard rename(draft, path) == 0 else { throw failure("the key of the record, \(path), cannot be written", errno) }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("the folder \(folder) cannot be written", errno) }
    }

    private static func failure(_ what: String, _ code: Int32) -> CommandFailure {
        let status: ExitStatus = code == EACCES || code == EPERM || code == EROFS ? .permission : .temporary
        return CommandFailure(status, "\(what): \(String(cString: strerror(code)))")
    }
}
