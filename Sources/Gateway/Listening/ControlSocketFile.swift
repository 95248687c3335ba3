import Logging

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The control socket as a file: who may open it, and what to do with one that is left over.
enum ControlSocketFile {
    /// Makes room for binding: a socket file nobody answers on is removed, a live one is left alone.
    static func clear(_ path: String) throws(ControlSocketFault) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ControlSocketFault(path: path, reason: "a file that is no socket has this name: move it away")
        }
        if answers(path) {
            throw ControlSocketFault(
                path: path, reason: "another daemon answers on it: stop that one, or give this one another state directory")
        }
        unlink(path)
    }

    /// Mode 0660 and the group, when the group exists and may be given.
    static func secure(_ path: String, group: String?, logger: Logger) {
        chmod(path, 0o660)
        guard let group else { return }
        guard let entry = getgrnam(group) else {
            logger.info(
                "the group of the control socket does not exist: only this user and root can open it", metadata: ["group": "\(group)"])
            return
        }
        if chown(path, uid_t.max, entry.pointee.gr_gid) != 0 {
            logger.info("the control socket keeps its group: this user may not give it away", metadata: ["group": "\(group)"])
        }
    }

    private static func answers(_ path: String) -> Bool {
        guard var address = address(path) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func address(_ path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        return withUnsafeMutableBytes(of: &address.sun_path) { room -> Bool in
            guard bytes.count < room.count else { return false }
            room.copyBytes(from: bytes)
            return true
        } ? address : nil
    }
}

struct ControlSocketFault: Error, CustomStringConvertible {
    var path: String
    var reason: String
    var description: String { "the control socket \(path) cannot be opened: \(reason)" }
}
