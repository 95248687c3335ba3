import Commons
import StreamRelay

/// The table of keys: everything an operator can write, and the only place where a default stands.
enum ConfigKeys {
    static let listen = ConfigKey.address(
        "listen", ListenAddress(host: "127.0.0.1", port: 8080),
        help: "Where residents' pages and video are served, as host:port. Loopback only unless changed.")
    enum TLS {
        static let certificate = ConfigKey.path(
            "certificate", help: "PEM file: the certificate, then its intermediates. Read again when it changes.")
        static let key = ConfigKey.path("key", help: "PEM file: the private key of the certificate.")
    }
    static let behindProxy = ConfigKey.flag(
        "behindProxy", false,
        help: "A front proxy on this or another machine speaks TLS for us: a public address without TLS is then allowed.")
    static let state = ConfigKey.path(
        "state",
        help: "Folder of the daemon's own files and its control socket. null: /var/lib/plenary, or ~/.local/state/plenary when not root.")
    static let pages = ConfigKey.path("pages", help: "Folder of the web pages. null: the ones that came with this program.")
    enum Control {
        static let group = ConfigKey.text(
            "group", "plenary", allowed: "a Unix group's name", help: "Members of this Unix group may run `plenary stream …` besides root."
        ) { (1...32).contains($0.utf8.count) && !$0.contains(":") }
    }
    enum RTMP {
        static let listen = ConfigKey.optionalAddress(
            "listen", example: "127.0.0.1:1935",
            help: "Where encoders (OBS, vMix) push to, as host:port; null: nowhere. The stream key is in the hall's camera, rtmp-push:KEY.")
    }
    enum Events {
        static let listen = ConfigKey.address(
            "listen", ListenAddress(host: "127.0.0.1", port: 8081),
            help: "Where pages and displays get the votes by WebSocket, as host:port; beside listen, for a browser needs both.")
        static let publicUrl = ConfigKey.webSocketURL(
            "publicUrl",
            help: "What pages are told of that address, such as wss://votes.council.example; null: the host they asked, and listen's port.")
        static let origins = ConfigKey.origins(
            "origins", [], limit: 64,
            help: "Websites whose pages may listen besides Plenary's own: [https://council.example]. [\"*\"]: every site.")
        static let threads = ConfigKey.count(
            "threads", 1, in: 1...8, help: "Threads that send the votes; one serves 10,000 people.")
    }
    enum Log {
        static let level = ConfigKey.choice(
            "level", "info", of: ["debug", "info", "notice", "warning", "error"], help: "The least important lines that are written.")
        static let format = ConfigKey.choice(
            "format", "human", of: ["human", "json"], help: "human: one line to read. json: one object per line.")
        static let access = ConfigKey.flag("access", false, help: "A line for every request, with the client's address.")
    }
    enum CORS {
        static let origins = ConfigKey.origins(
            "origins", ["*"], limit: 64,
            help: "Websites whose pages may show the video: [https://council.example]. [\"*\"]: every site. []: only Plenary's own pages.")
    }
    enum Embed {
        static let parents = ConfigKey.origins(
            "parents", [], limit: 64,
            help:
                "Websites that may show /embed/HALL in a frame: [https://council.example]. [\"*\"]: every site. []: only Plenary's own pages."
        )
    }
    enum Limits {
        static let connections = ConfigKey.count(
            "connections", 20_000, in: 16...1_000_000, help: "Open connections at a time; more are turned away with 503.")
        static let connectionsPerAddress = ConfigKey.count(
            "connectionsPerAddress", 256, in: 1...1_000_000,
            help: "Open connections of one client address; a building's network may share one. Not counted behind a proxy.")
        static let countLoopback = ConfigKey.flag(
            "countLoopback", false, help: "connectionsPerAddress holds for this machine's own address too, where a front proxy comes from.")
    }

    enum Hall {
        static let name = ConfigKey.text(
            "name", nil, allowed: HallName.requirement,
            help: "The hall's name in addresses: /halls/NAME, /live/NAME/.", where: { HallName.isValid($0) })
        static let title = ConfigKey.text(
            "title", "", allowed: "a title of up to 200 characters",
            help: "The hall's title on the page, in the council's language. Empty: its name."
        ) { $0.count <= 200 }
        static let language = ConfigKey.text(
            "language", "uk", allowed: "a BCP 47 language such as uk, en or pl", help: "The council's language, BCP 47.", where: isLanguage)
        static let camera = ConfigKey.camera(
            "camera", help: "Where the picture comes from: rtsp://…, rtmp://…, rtmp-push:KEY, srt://…, udp://…, rtp://…, a file, test:.")
        static let cameraFile = ConfigKey.path(
            "cameraFile", help: "Instead of camera: a file whose first line is the address, so that this file holds no password.")
        static let autostart = ConfigKey.flag("autostart", true, help: "The stream starts with the daemon.")
        static let segmentDuration = ConfigKey.seconds(
            "segmentDuration", 2, in: 0.5...10, help: "Seconds; a segment begins at the first keyframe at or past it.")
        static let segmentMaximum = ConfigKey.seconds(
            "segmentMaximum", 10, in: 1...30,
            help: "Seconds; the longest segment, and the playlist's TARGETDURATION. Give at least the camera's GOP.")
        static let partDuration = ConfigKey.seconds(
            "partDuration", 0.5, in: 0.02...5,
            help: "Seconds; video is sent on in parts of this length. Shorter is sooner, and more requests.")
        static let liveWindow = ConfigKey.seconds(
            "liveWindow", 120, in: 6...14400, help: "Seconds of video that viewers can go back; kept in memory.")
        static let captureDelay = ConfigKey.seconds(
            "captureDelay", 0, in: 0...30,
            help: "Seconds between the light and the arrival of its packet here, so that votes meet the picture.")
        static let hallPicture = ConfigKey.flag(
            "hallPicture", false,
            help: "The picture frame by frame too, for the hall's own display, a quarter second behind the camera; costs bandwidth.")
        static let slateOnLoss = ConfigKey.flag(
            "slateOnLoss", true, help: "When the camera is lost show the card (true) or nothing (false).")
        static let slateImage = ConfigKey.path(
            "slateImage", help: "PNG or JPEG of the card. null: the one that came with this program, in the hall's language.")
        static let arms = ConfigKey.path(
            "arms", help: "PNG or SVG of the council's arms, up to 256 KiB, for the pages' head. null: a neutral emblem.")
        static let audioNames = ConfigKey.texts(
            "audioNames", limit: 8, help: "Names of the camera's audio tracks, in its order: [Floor, Interpreter].")
        static let rules = ConfigKey.ruleFile(
            "rules",
            help: "How the council votes, until `plenary rules import`: ua, lt, ge, or a file. null: by the language; none for the others.")
        static let workerMemory = ConfigKey.bytes(
            "workerMemory", 512 << 20, in: (64 << 20)...(16 << 30),
            help: "Memory that the hall's relay worker may take before it is stopped.")
    }

    enum Demo {
        static let script = ConfigKey.path(
            "script", help: "A sitting to play in this hall, again and again; docs/council.md says how it is written. null: none.")
        static let roster = ConfigKey.path("roster", help: "The roster when the hall has none. null: roster.csv beside the script.")
        static let speed = ConfigKey.count("speed", 1, in: 1...1000, help: "How many times faster than written.")
    }

    enum HallSystem {
        static let folder = ConfigKey.path(
            "folder", help: "Folder where the hall's own voting system puts its results, a JSON file each. null: none.")
    }

    /// Every key by its section; `""` is the document itself and `halls` an entry of that list.
    static let sections: [(name: String, keys: [KeyDocument])] = [
        ("", [listen.document, behindProxy.document, state.document, pages.document]),
        ("tls", [TLS.certificate.document, TLS.key.document]),
        ("control", [Control.group.document]),
        ("rtmp", [RTMP.listen.document]),
        ("events", [Events.listen.document, Events.publicUrl.document, Events.origins.document, Events.threads.document]),
        ("log", [Log.level.document, Log.format.document, Log.access.document]),
        ("cors", [CORS.origins.document]),
        ("embed", [Embed.parents.document]),
        ("limits", [Limits.connections.document, Limits.connectionsPerAddress.document, Limits.countLoopback.document]),
        (
            "halls",
            [
                Hall.name.document, Hall.title.document, Hall.language.document, Hall.camera.document, Hall.cameraFile.document,
                Hall.autostart.document, Hall.segmentDuration.document, Hall.segmentMaximum.document, Hall.partDuration.document,
                Hall.liveWindow.document, Hall.captureDelay.document, Hall.hallPicture.document, Hall.slateOnLoss.document,
                Hall.slateImage.document, Hall.arms.document, Hall.audioNames.document, Hall.workerMemory.document, Hall.rules.document,
            ]
        ),
        ("halls.demo", [Demo.script.document, Demo.roster.document, Demo.speed.document]),
        ("halls.hallSystem", [HallSystem.folder.document]),
    ]

    /// The names that may stand in a section, those of the sections in it too.
    static func names(in section: String) -> [String] {
        let keys = sections.first { $0.name == section }?.keys.map(\.name) ?? []
        let below = section.isEmpty ? "" : "\(section)."
        return keys
            + sections.map(\.name).filter { $0.hasPrefix(below) && !$0.isEmpty }.map { String($0.dropFirst(below.utf8.count)) }
            .filter { !$0.contains(".") }
    }

    @Sendable static func isLanguage(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.utf8.count), first.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) })
        else {
            return false
        }
        return parts.dropFirst().allSatisfy { part in
            (1...8).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
        }
    }
}
