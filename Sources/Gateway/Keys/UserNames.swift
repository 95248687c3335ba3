import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// UTC milliseconds, now.
func wallMilliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

/// Names of this machine's users, looked up once.
final class UserNames: Sendable {
    private let known = Mutex<[UInt32: String]>([:])

    /// The login name, else `#1000`; `local` when the platform does not say who it is.
    func name(of user: UInt32?) -> String {
        guard let user else { return "local" }
        if let name = known.withLock({ $0[user] }) { return name }
        let name = Self.lookUp(user) ?? "#\(user)"
        known.withLock { known in
            if known.count >= 1000 { known.removeAll() }
            known[user] = name
        }
        return name
    }

    private static func lookUp(_ user: UInt32) -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: 4096)
        guard getpwuid_r(user, &entry, &room, room.count, &found) == 0, let found else { return nil }
        return String(cString: found.pointee.pw_name)
    }
}
