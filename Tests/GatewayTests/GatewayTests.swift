import Testing
@testable import Gateway
@Test func `it builds`() {}
