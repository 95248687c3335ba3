import Foundation
import Glibc
import NIOCore
import NIOPosix
import PlenaryConfiguration

/// Whether a port can be opened, and who has it when it cannot.
enum PortCheck {
    static func finding(_ address: ListenAddress, purpose: String, daemon: Int32?) async -> CheckReport.Finding {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: address.port).get()
            try? await channel.close().get()
            return CheckReport.Finding(.ok, "port", "\(address) (\(purpose)) is free")
        } catch {
            switch (error as? IOError)?.errnoCode {
            case EADDRINUSE:
                // The kernel's tables are read in pieces: while other sockets come and go, one may be missed.
                let holder = (0..<5).lazy.compactMap { _ in Self.holder(port: address.port) }.first
                if let holder, holder.process == daemon {
                    return CheckReport.Finding(.ok, "port", "\(address) (\(purpose)) is held by the running daemon")
                }
                let who = holder.map { "\($0.name), process \($0.process)" } ?? "another program"
                return CheckReport.Finding(.fault, "port", "\(address) (\(purpose)) is taken by \(who): stop it, or choose another port")
            case EACCES:
                return CheckReport.Finding(
                    .fault, "port", "\(address) (\(purpose)) needs root or CAP_NET_BIND_SERVICE: ports below 1024 are the system's")
            case EADDRNOTAVAIL:
                return CheckReport.Finding(.fault, "port", "\(address) (\(purpose)): this machine has no such address")
            default:
                return CheckReport.Finding(.fault, "port", "\(address) (\(purpose)) cannot be opened: \(error)")
            }
        }
    }

    struct Holder: Equatable {
        var process: Int32
        var name: String
    }

    /// The process that listens on the port, as far as this user may see.
    static func holder(port: Int) -> Holder? {
        let inodes = Set(
            ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listening(port, (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "") })
        guard !inodes.isEmpty, let processes = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else { return nil }
        for process in processes.compactMap(Int32.init) {
            guard let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd") else { continue }
            for descriptor in descriptors {
                let target = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(descriptor)")) ?? ""
                guard target.hasPrefix("socket:["), inodes.contains(String(target.dropFirst(8).dropLast())) else { continue }
                let name = (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) ?? "?"
                return Holder(process: process, name: name.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
        return nil
    }

    /// Inodes of the sockets that listen on the port, from the text of /proc/net/tcp (proc(5): state 0A is LISTEN).
    static func listening(_ port: Int, _ table: String) -> [String] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count > 9, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":") else { return nil }
            guard Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port else { return nil }
            return String(fields[9])
        }
    }
}
