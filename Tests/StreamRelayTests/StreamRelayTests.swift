import Testing
@testable import StreamRelay
@Test func `it builds`() {}
