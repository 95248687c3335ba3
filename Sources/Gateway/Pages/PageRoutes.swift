import Commons
import HTTPTypes
import HummingbirdCore
import NIOCore
import StreamRelay

/// The pages: `/`, a hall's four, the console, and what they load from `/assets/`.
struct PageRoutes: Sendable {
    /// The pages that every hall has: where, and the file they are made from.
    static let ofHalls = [
        (path: "halls", file: sitting), (path: embed, file: sitting), (path: "display", file: "display.html"),
        (path: "overlay", file: "overlay.html"),
    ]

    /// The page that has the sitting in it, and the path below which other sites show it in a frame.
    private static let sitting = "index.html"
    private static let embed = "embed"

    let control: any HallControl
    private let assets: AssetStore
    private let arms = ArmsCache()
    private let sittings: SittingPages
    private let shell: DisplayShell
    private let policy: PagePolicy
    private let isSecure: Bool

    init(settings: GatewaySettings, control: any HallControl) {
        self.control = control
        assets = AssetStore(directory: settings.pagesDirectory)
        shell = DisplayShell(assets: assets)
        sittings = SittingPages(assets: assets)
        isSecure = settings.certificate != nil
        policy = PagePolicy(embedParents: settings.embedParents)
    }

    func add(to table: RouteTable) {
        table.at("/", [.get: { request, _ in try front(request) }])
        for (path, file) in Self.ofHalls {
            table.at(
                .init("/\(path)/:hall"),
                [
                    .get: { request, context in
                        let name = try context.parameters.require("hall")
                        guard let hall = control.halls.first(where: { $0.name == name }) else { throw Problem.noHall(name) }
                        return try page(file, hall, request, address: "/\(path)/\(name)", isEmbedded: path == Self.embed)
                    }
                ])
        }
        table.at(
            "/halls/:hall/arms",
            [
                .get: { request, context in
                    let name = try context.parameters.require("hall")
                    guard let picture = arms.picture(control.arms(name)) else { throw Problem.notThere(request.uri.path) }
                    var response = FileAnswer.response(picture, to: request)
                    response.headers[.contentSecurityPolicy] = Arms.policy
                    return response
                }
            ])
        table.at("/console", [.get: { request, _ in try page("console.html", control.halls.first, request, address: "/console") }])
        table.at(
            "/assets/**",
            [
                .get: { request, context in
                    let path = context.parameters.getCatchAll().joined(separator: "/")
                    if path == DisplayShell.worker, let script = shell.script(to: request) { return script }
                    guard let asset = assets.asset(path), !path.hasSuffix(".html") else { throw Problem.notThere(request.uri.path) }
                    return FileAnswer.response(asset, to: request)
                }
            ])
        for name in ["favicon.ico", "robots.txt", "openapi.json"] {
            table.at(
                .init("/" + name),
                [
                    .get: { request, _ in
                        guard let asset = assets.asset(name) else { throw Problem.notThere(request.uri.path) }
                        return FileAnswer.response(asset, to: request)
                    }
                ])
        }
    }

    private func hasPoster(_ hall: String) -> Bool { control.live(hall)?.hasPoster ?? false }

    /// One hall is the front page; several are a list.
    private func front(_ request: Request) throws -> Response {
        let halls = control.halls
        if halls.count == 1 { return try page(Self.sitting, halls[0], request, address: "/halls/\(halls[0].name)") }
        let items = halls.map { hall in
            let name = HTML.escaped(hall.name)
            let still =
                hasPoster(hall.name)
                ? "<img src=\"/live/\(name)/\(LiveRequest.poster.name)\" alt=\"\" width=\"320\" height=\"180\" loading=\"lazy\">" : ""
            return "<li><a href=\"/halls/\(name)\" lang=\"\(HTML.escaped(hall.language))\">\(still)\(HTML.escaped(hall.title))</a></li>"
        }
        let list = items.joined(separator: "\n")
        let language = halls.first?.language ?? "en"
        let values: [String: HTML.Value] = ["halls": .html(list), "lang": .text(language), "title": .text("Plenary")]
        if let template = assets.asset("halls.html") { return html(HTML.filled(String(buffer: template.bytes), values), request) }
        return html(HTML.filled(Self.plainList, values), request)
    }

    /// - Parameter hall: whose page it is; for the console, whose language it speaks at first.
    private func page(
        _ file: String, _ hall: HallSummary?, _ request: Request, address: String, isEmbedded: Bool = false
    ) throws -> Response {
        let name = hall?.name ?? ""
        guard let template = assets.asset(file) else {
            throw Problem(
                .noPages, detail: "the page \(file) is not installed on this server; the stream itself is at /live/\(name)/index.m3u8")
        }
        if let hall, file == Self.sitting {
            let origin = PageOrigin.of(request, isSecure: isSecure)
            let text = try sittings.html(
                template, isEmbedded: isEmbedded, hall: hall, emblem: emblem(hall), record: control.events(name), origin: origin,
                address: address, hasPoster: hasPoster(name))
            var response = html(text, request)
            response.headers[.contentSecurityPolicy] = policy.text(
                for: file, isEmbedded: isEmbedded, channel: control.channel?.origin(for: request))
            return response
        }
        let emblem = emblem(hall)
        var values: [String: HTML.Value] = [
            "emblem": .text(emblem.address), "emblemText": .text(emblem.text), "emblemWord": .text(emblem.word),
            "hall": .text(name), "title": .text(hall?.title ?? "Plenary"), "lang": .text(hall?.language ?? "en"),
            "stream": .text("/live/\(name)/index.m3u8"), "page": .text(address),
        ]
        if file == "display.html" { values["shell"] = .text(shell.version) }
        var response = html(HTML.filled(String(buffer: template.bytes), values), request)
        response.headers[.contentSecurityPolicy] = policy.text(for: file, channel: control.channel?.origin(for: request))
        return response
    }

    private func emblem(_ hall: HallSummary?) -> PageEmblem {
        guard let hall, arms.picture(control.arms(hall.name)) != nil else { return .neutral }
        let words = assets.asset("languages/\(hall.language).json") ?? assets.asset("languages/en.json")
        return .arms(of: hall.name, PageWords(language: hall.language, json: words.map { Array($0.bytes.readableBytesView) } ?? []))
    }

    /// Made anew for each request, yet tagged: a page seldom changes.
    private func html(_ text: String, _ request: Request) -> Response {
        let bytes = ByteBuffer(string: text)
        let asset = Asset(
            bytes: bytes, gzip: Gzip.compress([bytes]), contentType: "text/html; charset=utf-8", etag: AssetStore.tag(bytes),
            isHashed: false)
        return FileAnswer.response(asset, to: request)
    }

    private static let plainList = """
        <!doctype html>
        <html lang="{{lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{title}}</title></head>
        <body><h1>{{title}}</h1><ul>{{halls}}</ul></body></html>

        """
}
