import Testing
@testable import Configuration
@Test func `it builds`() {}
