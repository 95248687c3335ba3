import Foundation

/// The record as a file for everybody: a body a line, as stored, and the signed head as the last line.
package enum LogExport {
    /// Writes the lines to `write`, some at a time.
    package static func export(_ log: EventLog, to write: ([UInt8]) throws -> Void) throws {
        var reader = Reader(log)
        while let lines = try reader.next() { try write(lines) }
    }

    /// Reads the lines at its caller's pace; what is written to the record meanwhile is not in it.
    package struct Reader: Sendable {
        private let log: EventLog
        private var head: SignedHead?
        private var sequence: Int64 = 1
        private var isBegun = false

        package init(_ log: EventLog) { self.log = log }

        /// Up to five hundred lines, then the signed head; `nil` after it.
        package mutating func next() throws -> [UInt8]? {
            if !isBegun {
                head = try log.heads().last
                isBegun = true
            }
            guard let head else { return nil }
            let rows = sequence <= head.sequence ? try log.rows(from: sequence, limit: Int(min(500, head.sequence - sequence + 1))) : []
            guard let last = rows.last else {
                self.head = nil
                return try head.bytes() + [UInt8(ascii: "\n")]
            }
            sequence = last.sequence + 1
            return rows.flatMap { $0.body + [UInt8(ascii: "\n")] }
        }
    }

    /// Checks an exported file without any daemon, and gives the state that it ends in.
    ///
    /// - Parameters:
    ///   - key: the public key that must have signed, when the reader knows it from elsewhere.
    ///   - atLeast: a head published earlier; a file that was cut shorter than it is found out.
    package static func verify(_ file: [UInt8], key: String? = nil, atLeast: SignedHead? = nil) throws(LogFault) -> LogVerifier {
        var verifier = LogVerifier()
        guard file.last == UInt8(ascii: "\n") else { throw LogFault(.truncated, at: 0) }
        let lines = file.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for line in lines.dropLast() {
            try verifier.accept(Array(line))
            if let atLeast, atLeast.sequence == verifier.tip.sequence { try verifier.check(atLeast, isLast: false, key: key) }
        }
        guard let line = lines.last, let head = try? JSONDecoder().decode(SignedHead.self, from: Data(line)),
            (try? head.bytes()) == Array(line)
        else { throw LogFault(.head, at: verifier.tip.sequence) }
        try verifier.check(head, isLast: true, key: key)
        if let atLeast, atLeast.sequence > head.sequence { throw LogFault(.truncated, at: head.sequence) }
        return verifier
    }
}
