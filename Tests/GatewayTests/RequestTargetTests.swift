import Testing

@testable import Gateway

@Suite struct `A target for the router` {
    @Test(arguments: [
        ("/", "/"), ("/a/b?c=d", "/a/b?c=d"), ("/a?", "/a"), ("/a~b/", "/a~b/"), ("/%61%7e?x=%41", "/a~?x=%41"),
        ("/a%3Fb%25?c", "/a%3Fb%25?c"),
        ("/%d0%b0", "/%D0%B0"), ("/а?б", "/%D0%B0?б"), ("/%20x", "/%20x"), ("http://h:1/a?b", "/a?b"), ("http://h", "/"),
        ("http://h?x", "/?x"),
    ]) func `percent sequences stand where they are needed, and only there`(target: String, text: String) throws {
        #expect(try RequestTarget(target).originForm == text)
    }
}
