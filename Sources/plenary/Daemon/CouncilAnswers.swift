import Commons
import Gateway
import VoteBoard

// The board's answers as the wire has them.

extension CouncilAnswer {
    /// - Parameters:
    ///   - epoch: the record that the sequences count in.
    ///   - file: what the answer to a file says beside.
    init(_ answer: Answer, epoch: String, file: CommandAnswer.FileReport? = nil) {
        switch answer {
        case .done(let first, let last, let repeated):
            self = .success(
                CommandAnswer(events: CommandAnswer.Events(epoch: epoch, first: first, last: last, repeated: repeated), file: file))
        case .refused(let refusal): self = .failure(refusal.problem)
        }
    }
}
