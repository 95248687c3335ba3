import Commons
import Foundation
import Gateway
import Glibc

/// The folder where a hall's own voting system drops its results; a file is taken and moved to `done` or `failed`, with a text beside it.
struct WatchedFolder {
    static let largest = ImportedFile.largestBytes

    let path: String
    private var files = SettledFiles()

    init(_ path: String) { self.path = path }

    /// What became of a file.
    enum Outcome: Equatable {
        case done(String)
        case failed(String)
        /// To be tried again: the disk is full, say.
        case later(String)
    }

    /// The regular files that can be taken now; `nil` when the folder cannot be read.
    mutating func ready() -> [SettledFiles.Entry]? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return nil }
        let listing = names.filter(SettledFiles.isWanted).compactMap { name -> SettledFiles.Entry? in
            var status = stat()
            guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            return SettledFiles.Entry(name: name, size: Int64(status.st_size), modified: modified)
        }
        return files.settled(in: listing)
    }

    /// - Throws: with a sentence when the file cannot be read.
    func read(_ entry: SettledFiles.Entry) throws(CommandFailure) -> [UInt8] {
        guard entry.size <= Self.largest else { throw CommandFailure(.faultyInput, "the file is larger than 4 MiB") }
        let descriptor = open("\(path)/\(entry.name)", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw CommandFailure(.noInput, "the file cannot be read: \(String(cString: strerror(errno)))") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? handle.read(upToCount: Self.largest) else { throw CommandFailure(.noInput, "the file cannot be read") }
        return Array(data)
    }

    /// Moves the file away, never over another, and says beside it what became of it.
    func settle(_ entry: SettledFiles.Entry, _ outcome: Outcome) throws(CommandFailure) {
        let (folder, text): (String, String)
        switch outcome {
        case .done(let words): (folder, text) = ("done", words)
        case .failed(let words): (folder, text) = ("failed", words)
        case .later: return
        }
        let target = "\(path)/\(folder)"
        do {
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
            let name = Self.freeName(entry.name) { FileManager.default.fileExists(atPath: "\(target)/\($0)") }
            try Data("\(text)\n".utf8).write(to: URL(fileURLWithPath: "\(target)/\(name).txt"), options: .atomic)
            try FileManager.default.moveItem(atPath: "\(path)/\(entry.name)", toPath: "\(target)/\(name)")
        } catch {
            throw CommandFailure(
                .permission,
                "\(path)/\(entry.name) cannot be moved to \(folder): \(error.localizedDescription) (may the daemon write there?)")
        }
    }

    /// `vote.json`, `vote-2.json`, …
    static func freeName(_ name: String, isTaken: (String) -> Bool) -> String {
        var candidate = name
        var number = 1
        while isTaken(candidate) {
            number += 1
            candidate = "\((name as NSString).deletingPathExtension)-\(number).\((name as NSString).pathExtension)"
        }
        return candidate
    }
}

extension WatchedFolder.Outcome {
    /// What became of the bytes means this for the file that they came in.
    init(_ answer: CouncilAnswer) {
        switch answer {
        case .success(let taken):
            guard let events = taken.events, let round = taken.file?.round, let ballots = taken.file?.ballots else {
                self = .done("taken")
                return
            }
            let place = "events \(events.first) to \(events.last)"
            self = .done(
                events.repeated ? "taken before: round \(round), \(place)" : "taken: \(ballots) ballots in round \(round), \(place)")
        case .failure(let problem):
            let words = problem.text(file: nil)
            self = problem.status >= 500 ? .later(words) : .failed(words)
        }
    }
}
