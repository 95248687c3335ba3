/// What a page may load, and who may show it in a frame (Content-Security-Policy, level 3).
struct PagePolicy: Sendable {
    /// Origins whose pages may show `/embed/{hall}` in a frame, besides this server's own; `["*"]` is every site.
    let embedParents: [String]

    /// - Parameter channel: the origin of the event channel, when it is another than the page's.
    func text(for file: String, isEmbedded: Bool = false, channel: String?) -> String {
        let parents = isEmbedded ? embedParents : []
        return Self.text(
            connect: channel, hasWorker: file == "display.html",
            ancestors: parents == ["*"] ? "*" : (["'self'"] + parents).joined(separator: " "))
    }

    /// For what is no page of ours: lists, errors.
    static let plain = text(connect: nil, hasWorker: false, ancestors: "'self'")

    /// - Parameter hasWorker: the display alone is kept by a service worker.
    private static func text(connect: String?, hasWorker: Bool, ancestors: String) -> String {
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob:; "
            + "connect-src 'self'\(connect.map { " " + $0 } ?? ""); worker-src '\(hasWorker ? "self" : "none")'; base-uri 'none'; form-action 'none'; frame-ancestors \(ancestors)"
    }
}
