/// What a board counted since it was opened.
package struct DeskFigures: Sendable, Equatable {
    /// Commands on the disk; one that was sent again counts again.
    package private(set) var done = 0
    /// Refused commands by code.
    package private(set) var refused: [String: Int] = [:]
    /// Transactions; several commands may share one.
    package private(set) var writes = 0
    package private(set) var diskTime = Duration.zero

    mutating func answered(_ answers: [Answer]) {
        for answer in answers {
            switch answer {
            case .done: done += 1
            case .refused(let refusal): refused[refusal.code, default: 0] += 1
            }
        }
    }

    mutating func wrote(in time: Duration) {
        writes += 1
        diskTime += time
    }
}
