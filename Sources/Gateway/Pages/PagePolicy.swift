/// What a page may load, and who may show it in a frame (Content-Security-Policy, level 3).
struct PagePolicy: Sendable {
    /// Origins whose pages may show `/embed/{hall}` in a frame, besides this server's own; `["*"]` is every site.
    let embedParents: [String]

    /// - Parameter channel: the origin of the event channel, when it is another than the page's.
    func text(for file: String, channel: String?) -> String {
        let parents = file == "embed.html" ? embedParents : []
        return Self.text(connect: channel, ancestors: parents == ["*"] ? "*" : (["'self'"] + parents).joined(separator: " "))
    }

    /// For what is no page of ours: lists, errors.
    static let plain = text(connect: nil, ancestors: "'self'")

    private static func text(connect: String?, ancestors: String) -> String {
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob:; "
            + "connect-src 'self'\(connect.map { " " + $0 } ?? ""); base-uri 'none'; form-action 'none'; frame-ancestors \(ancestors)"
    }
}
