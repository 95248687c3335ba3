import Foundation
import PlenaryConfiguration

/// Where a daemon keeps its files, and so where its control socket is.
enum StatePlace {
    static let systemConfig = "/etc/plenary/plenary.yaml"

    /// `/var/lib/plenary` for root, else the user's own state folder (XDG Base Directory Specification).
    static func usual(user: UInt32, environment: [String: String]) -> String {
        if user == 0 { return "/var/lib/plenary" }
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return "\(folder)/plenary" }
        let home = environment["HOME"] ?? "/tmp"
        return "\(home)/.local/state/plenary"
    }

    /// The state folder a client looks in: flag, environment, the machine's configuration, the daemon's folder, the user's.
    static func forClient(flag: String?, environment: [String: String], user: UInt32, exists: (String) -> Bool) -> String {
        if let flag { return flag }
        if let variable = environment["PLENARY_STATE"], !variable.isEmpty { return variable }
        if let configured = configuredState() { return configured }
        let own = usual(user: user, environment: environment)
        let system = usual(user: 0, environment: environment)
        return !exists(socket(in: own)) && exists(socket(in: system)) ? system : own
    }

    static func socket(in state: String) -> String { state.hasSuffix("/") ? "\(state)control.sock" : "\(state)/control.sock" }

    /// The `state` of the machine's configuration, when there is one that can be read.
    private static func configuredState() -> String? {
        try? ConfigFile.load(systemConfig, overrides: ConfigOverrides()).config.state
    }
}
