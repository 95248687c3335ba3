import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Every file that the hall's display may need, and the version of all of them together: what its service worker keeps for a
/// screen that is loaded while the daemon is away.
struct DisplayShell: Sendable {
    /// Where the worker is, below `/assets/`.
    static let worker = "display/worker.js"

    private static let folders = ["council", "display", "fonts", "languages", "player"]
    private static let single = ["page/icon.svg", "page/language.js", "tokens.css"]
    private static let page = "display.html"

    let assets: AssetStore

    /// Changes with the bytes of any of the files. Of letters, digits and `-` alone.
    var version: String { listed().version }

    /// The worker's script with the version and the files in it: other files make another script, which browsers see as an update.
    func script(to request: Request) -> Response? {
        guard let template = assets.asset(Self.worker) else { return nil }
        let (version, paths) = listed()
        let list = ([version] + paths.filter { $0 != Self.worker }.map { "/assets/" + $0 }).joined(separator: " ")
        let bytes = ByteBuffer(string: HTML.filled(String(buffer: template.bytes), ["shell": .text(list)]))
        let asset = Asset(
            bytes: bytes, gzip: Gzip.compress([bytes]), contentType: template.contentType, etag: AssetStore.tag(bytes), isHashed: false)
        var response = FileAnswer.response(asset, to: request)
        // Its script lies below /assets/, the pages it serves below /display/.
        response.headers[HTTPField.Name("service-worker-allowed")!] = "/display/"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; script-src 'self'; connect-src 'self'"
        return response
    }

    private func listed() -> (version: String, paths: [String]) {
        let single = Self.single.filter { assets.asset($0) != nil }
        let paths = (Self.folders.flatMap { assets.paths(in: $0) } + single).filter { !$0.contains(" ") }.sorted()
        let tags = ([Self.page] + paths).compactMap { path in assets.asset(path).map { "\(path) \($0.etag)" } }
        let version = AssetStore.tag(ByteBuffer(string: tags.joined(separator: "\n"))).filter { $0 != "\"" }
        return (version, paths)
    }
}
