import Foundation
import Glibc

/// Whether the daemon's folder can be written and has room.
enum StateCheck {
    /// Bytes below which an operator is warned.
    static let floor = 1_000_000_000

    static func finding(_ path: String) -> CheckReport.Finding {
        // The folder need not be there yet: what counts is the nearest one that is.
        var place = path
        while access(place, F_OK) != 0, place != "/", !place.isEmpty { place = (place as NSString).deletingLastPathComponent }
        guard access(place, W_OK | X_OK) == 0 else {
            return CheckReport.Finding(
                .fault, "disk", "\(path) cannot be written by this user: give another folder (state, --state), or chown it")
        }
        var figures = statvfs()
        guard statvfs(place, &figures) == 0 else {
            return CheckReport.Finding(.fault, "disk", "\(path): \(String(cString: strerror(errno)))")
        }
        let free = Int(clamping: figures.f_bavail) * Int(clamping: figures.f_frsize)
        return room(path, free: free)
    }

    static func room(_ path: String, free: Int) -> CheckReport.Finding {
        free < floor
            ? CheckReport.Finding(.warning, "disk", "\(path): only \(Figures.bytes(free)) are free")
            : CheckReport.Finding(.ok, "disk", "\(path): \(Figures.bytes(free)) free")
    }

    /// The process that holds the folder's lock.
    static func daemon(in path: String) -> Int32? {
        let descriptor = open("\(path)/plenary.lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        let text = (try? String(contentsOfFile: "\(path)/plenary.lock", encoding: .utf8)) ?? ""
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
