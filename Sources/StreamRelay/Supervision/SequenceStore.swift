internal import CLinux
import FoundationEssentials
import Glibc

/// Keeps a hall's record in `<state>/halls/<hall>.json`: written to a temporary file, fsynced, renamed.
package struct SequenceStore: Sendable {
    /// What could not be done with the file; `description` names it and the system's error message.
    package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        package var description: String
    }
    /// What a start found.
    package enum Finding: Sendable, Equatable {
        case fresh
        case found(HallRecord)
        /// The file is damaged; it was moved to `aside` (its own path, when even that failed).
        case corrupt(aside: String)
    }

    package let path: String

    package init(stateDirectory: String, hall: String) { path = "\(stateDirectory)/halls/\(hall).json" }

    private struct File: Codable {
        var version = 1
        var record: HallRecord
    }

    package func load(utc: Int64) -> Finding {
        guard let data = read() else { return access(path, F_OK) == 0 ? setAside(utc) : .fresh }
        guard let file = try? JSONDecoder().decode(File.self, from: data), file.version == 1, Self.isSane(file.record) else {
            return setAside(utc)
        }
        return .found(file.record)
    }

    /// Numbers that only a damaged file could hold would overflow or run backward.
    private static func isSane(_ record: HallRecord) -> Bool {
        let numbers = record.numbers
        let counters = [numbers.mediaSequence, numbers.discontinuity, numbers.initialization, numbers.fragment, Int(numbers.timeline)]
        let targetsAreSane =
            record.targets.map { (1...3600).contains($0.targetDuration) && (1...5_400_000).contains($0.partTarget) } ?? true
        return counters.allSatisfy { (0...(1 << 50)).contains($0) } && targetsAreSane
    }

    private func setAside(_ utc: Int64) -> Finding {
        let aside = "\(path).corrupt-\(utc / 1_000_000)"
        return .corrupt(aside: rename(path, aside) == 0 ? aside : path)
    }

    private func read() -> Data? {
        let descriptor = clinux_open_read(path)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if got < 0 { return nil }
            if got == 0 { break }
            count += got
        }
        return Data(bytes[..<count])
    }

    /// On return the record is on disk, or the old one still is.
    package func save(_ record: HallRecord) throws(Fault) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        guard let data = try? encoder.encode(File(record: record)) else {
            throw Fault(description: "the record of \(path) has no JSON form")
        }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        guard mkdir(folder, 0o750) == 0 || errno == EEXIST else { throw fault("make the folder \(folder)") }
        let beside = path + ".new"
        let descriptor = clinux_create(beside, 0o640)
        guard descriptor >= 0 else { throw fault("write \(beside)") }
        var written = 0
        while written < data.count {
            let count = data.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
            guard count > 0 else {
                let problem = fault("write \(beside)")
                close(descriptor)
                throw problem
            }
            written += count
        }
        let synced = fsync(descriptor) == 0
        let problem = synced ? nil : fault("write \(beside) to the disk")
        close(descriptor)
        if let problem { throw problem }
        guard rename(beside, path) == 0 else { throw fault("rename \(beside) to \(path)") }
        let directory = clinux_open_read(folder)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    private func fault(_ attempt: String) -> Fault { Fault(description: "could not \(attempt): \(String(cString: strerror(errno)))") }
}
