import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// Opens sockets, starts processes or fills a disk. `make test-fast` (PLENARY_TEST_FAST) leaves such suites and tests out.
    package static var outsideProcess: Self {
        .disabled(if: ProcessInfo.processInfo.environment["PLENARY_TEST_FAST"] != nil, "make test-fast opens no sockets")
    }
}
