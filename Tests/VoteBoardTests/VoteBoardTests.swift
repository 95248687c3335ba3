import Testing
@testable import VoteBoard
@Test func `it builds`() {}
