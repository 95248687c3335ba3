import Glibc

/// The daemon's own folder, held by a lock so that two daemons never share one.
struct StateDirectory: ~Copyable {
    let path: String
    private let lock: Int32

    /// Makes the folder (mode 0750) when it is not there, and locks it.
    /// - Parameter group: whose members reach the control socket in it; root gives the folder to them.
    init(_ path: String, group: String? = nil) throws(CommandFailure) {
        self.path = path
        try Self.make(path)
        if getuid() == 0, let group, let entry = getgrnam(group) { _ = chown(path, uid_t.max, entry.pointee.gr_gid) }
        let file = "\(path)/plenary.lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.failure("the lock \(file) cannot be opened", errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            close(descriptor)
            throw CommandFailure(
                .temporary, "another daemon\(holder) uses the state folder \(path): stop it first, or give another folder with --state")
        }
        lock = descriptor
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    deinit { close(lock) }

    private static func make(_ path: String) throws(CommandFailure) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            made += made.isEmpty && !path.hasPrefix("/") ? "\(part)" : "/\(part)"
            if mkdir(made, 0o750) != 0, errno != EEXIST, errno != EISDIR {
                throw failure("the state folder \(path) cannot be made", errno)
            }
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure("the state folder \(path) cannot be looked at", errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw CommandFailure(.configuration, "the state folder \(path) is not a folder") }
        guard access(path, W_OK | X_OK) == 0 else { throw failure("the state folder \(path) cannot be written", errno) }
    }

    private static func failure(_ what: String, _ code: Int32) -> CommandFailure {
        let reason = String(cString: strerror(code))
        let status: ExitStatus = code == EACCES || code == EPERM || code == EROFS ? .permission : .temporary
        return CommandFailure(status, "\(what): \(reason) (state, --state or PLENARY_STATE names another)")
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
        return digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
    }
}
