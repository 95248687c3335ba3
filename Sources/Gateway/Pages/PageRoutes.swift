import HTTPTypes
import HummingbirdCore
import NIOCore

/// The pages: `/`, `/halls/{hall}` and what they load from `/assets/`.
struct PageRoutes: Sendable {
    let control: any HallControl
    private let shelf: AssetShelf

    init(directory: String, control: any HallControl) {
        self.control = control
        shelf = AssetShelf(directory: directory)
    }

    func add(to table: RouteTable) {
        table.at("/", [.get: { request, _ in try front(request) }])
        table.at(
            "/halls/:hall",
            [
                .get: { request, context in
                    let name = try context.parameters.require("hall")
                    guard let hall = control.halls.first(where: { $0.name == name }) else { throw ControlProblem.noHall(name) }
                    return try page(hall, request)
                }
            ])
        table.at(
            "/assets/**",
            [
                .get: { request, context in
                    let path = context.parameters.getCatchAll().joined(separator: "/")
                    guard let asset = shelf.asset(path), !path.hasSuffix(".html") else { throw ControlProblem.notThere(request.uri.path) }
                    return FileAnswer.response(asset, to: request)
                }
            ])
        for name in ["favicon.ico", "robots.txt"] {
            table.at(
                .init("/" + name),
                [
                    .get: { request, _ in
                        guard let asset = shelf.asset(name) else { throw ControlProblem.notThere(request.uri.path) }
                        return FileAnswer.response(asset, to: request)
                    }
                ])
        }
    }

    /// One hall is the front page; several are a list.
    private func front(_ request: Request) throws -> Response {
        let halls = control.halls
        if halls.count == 1 { return try page(halls[0], request) }
        let items = halls.map {
            "<li><a href=\"/halls/\(HTML.escaped($0.name))\" lang=\"\(HTML.escaped($0.language))\">\(HTML.escaped($0.title))</a></li>"
        }
        let list = items.joined(separator: "\n")
        let language = halls.first?.language ?? "en"
        let values: [String: HTML.Value] = ["halls": .html(list), "lang": .text(language), "title": .text("Plenary")]
        if let template = shelf.asset("halls.html") { return html(HTML.filled(String(buffer: template.bytes), values), request) }
        return html(HTML.filled(Self.plainList, values), request)
    }

    private func page(_ hall: HallSummary, _ request: Request) throws -> Response {
        guard let template = shelf.asset("index.html") else {
            throw ControlProblem(
                type: "urn:plenary:no-pages", title: "Not Found", status: 404,
                detail: "the pages are not installed on this server; the stream itself is at /live/\(hall.name)/index.m3u8")
        }
        let values: [String: HTML.Value] = [
            "hall": .text(hall.name), "title": .text(hall.title), "lang": .text(hall.language),
            "stream": .text("/live/\(hall.name)/index.m3u8"), "page": .text("/halls/\(hall.name)"),
        ]
        return html(HTML.filled(String(buffer: template.bytes), values), request)
    }

    /// Made anew for each request, yet tagged: a page seldom changes.
    private func html(_ text: String, _ request: Request) -> Response {
        let bytes = ByteBuffer(string: text)
        let asset = Asset(
            bytes: bytes, gzip: Gzip.compress([bytes]), contentType: "text/html; charset=utf-8", etag: AssetShelf.tag(bytes),
            isHashed: false)
        return FileAnswer.response(asset, to: request)
    }

    private static let plainList = """
        <!doctype html>
        <html lang="{{lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{title}}</title></head>
        <body><h1>{{title}}</h1><ul>{{halls}}</ul></body></html>

        """
}
