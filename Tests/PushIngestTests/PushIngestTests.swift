import Testing
@testable import PushIngest
@Test func `it builds`() {}
