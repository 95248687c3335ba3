import Gateway
import Logging
import ServiceLifecycle

/// Looks into the halls' watched folders every second. Follows a reload. Folders are polled: they are often network shares,
/// which tell of no changes.
struct HallSystemService: Service {
    let daemon: Daemon
    let logger: Logger

    func run() async throws { await cancelWhenGracefulShutdown { await watch() } }

    private func watch() async {
        var folders: [String: WatchedFolder] = [:]
        var complaints: [String: String] = [:]
        while !Task.isCancelled {
            let wanted = daemon.hallSystemFolders
            folders = folders.filter { wanted[$0.key] == $0.value.path }
            for (hall, path) in wanted {
                var folder = folders[hall] ?? WatchedFolder(path)
                let complaint = await look(into: &folder, of: hall)
                folders[hall] = folder
                if let complaint, complaints[hall] != complaint { logger.warning("\(complaint)", metadata: ["hall": "\(hall)"]) }
                complaints[hall] = complaint
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Takes what is ready. Returns what the operator has to see to.
    private func look(into folder: inout WatchedFolder, of hall: String) async -> String? {
        guard let ready = folder.ready() else {
            return "the watched folder \(folder.path) cannot be read: is it there, and may the daemon read it? (halls[].hallSystem)"
        }
        for entry in ready {
            if Task.isCancelled { return nil }
            let outcome = await take(entry, from: folder, of: hall)
            do throws(CommandFailure) {
                try folder.settle(entry, outcome)
            } catch {
                return error.message
            }
            switch outcome {
            case .done(let words): logger.notice("\(entry.name): \(words)", metadata: ["hall": "\(hall)"])
            case .failed(let words):
                logger.warning("\(entry.name) was not taken: \(words.replacing("\n", with: "; "))", metadata: ["hall": "\(hall)"])
            case .later(let words): return "\(entry.name) waits: \(words)"
            }
        }
        return nil
    }

    private func take(_ entry: SettledFiles.Entry, from folder: WatchedFolder, of hall: String) async -> WatchedFolder.Outcome {
        guard let board = daemon.board(hall) else { return .later("the hall's record is not open") }
        do throws(CommandFailure) {
            let bytes = try folder.read(entry)
            return WatchedFolder.Outcome(await HallSystemDesk(board: board).take(bytes, ImportRequest(by: "folder")))
        } catch {
            return .failed(error.message)
        }
    }
}
