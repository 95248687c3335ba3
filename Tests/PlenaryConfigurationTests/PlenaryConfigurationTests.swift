import Testing
@testable import PlenaryConfiguration
@Test func `it builds`() {}
