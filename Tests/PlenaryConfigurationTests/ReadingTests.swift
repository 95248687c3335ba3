import Foundation
import StreamRelay
import Testing

@testable import PlenaryConfiguration

@Suite struct `Reading a configuration` {
    @Test func `a hall needs a name and a camera, everything else has a default`() throws {
        let config = try read("halls: [{name: council, camera: 'test:'}]")
        #expect(config.listen == ListenAddress(host: "127.0.0.1", port: 8080))
        #expect(config.tls == nil)
        #expect(config.rtmpListen == nil)
        #expect(
            config.events
                == PlenaryConfig.Events(listen: ListenAddress(host: "127.0.0.1", port: 8081), publicURL: nil, origins: [], threads: 1))
        #expect(config.controlGroup == "plenary")
        #expect(config.corsOrigins == ["*"])
        #expect(config.embedParents == [])
        #expect(config.log == PlenaryConfig.Log(level: "info", format: .human, access: false))
        let hall = try #require(config.hall("council"))
        #expect(hall.title == "council")
        #expect(
            hall.stream
                == StreamSettings(
                    hall: "council", camera: try CameraAddress("test:"), autostart: true, segmentDuration: 2, segmentMaximum: 10,
                    partDuration: 0.5,
                    liveWindow: 120, captureDelay: 0, slateOnLoss: true, slateImage: nil, language: "uk", audioNames: [],
                    workerMemory: 512 << 20))
    }

    @Test func `every key is read`() throws {
        let config = try read(
            """
            listen: "[::]:443"
            tls: {certificate: tls/chain.pem, key: /etc/ssl/key.pem}
            state: /srv/plenary
            pages: pages
            control: {group: operators}
            rtmp: {listen: "0.0.0.0:1935"}
            events: {listen: "[::]:8443", publicUrl: "wss://votes.council.example:444/", origins: ["https://b.example"], threads: 2}
            log: {level: debug, format: json, access: on}
            cors: {origins: ["https://council.example", "http://localhost:3000"]}
            embed: {parents: ["https://council.example"]}
            limits: {connections: 500, connectionsPerAddress: 20, countLoopback: true}
            halls:
              - {name: a, title: Зала засідань, language: no, camera: "./film.mp4", autostart: no, segmentDuration: 1, segmentMaximum: 4,
                 partDuration: 0.2, liveWindow: 3600, captureDelay: 0.3, hallPicture: on, slateOnLoss: false, slateImage: card.png,
                 audioNames: [Зала, Переклад], workerMemory: 1GiB, rules: ./rules.yaml, arms: arms.svg}
            """)
        #expect(config.listen == ListenAddress(host: "::", port: 443))
        #expect(config.tls == PlenaryConfig.TLS(certificate: "/etc/plenary/tls/chain.pem", key: "/etc/ssl/key.pem"))
        #expect(config.state == "/srv/plenary")
        #expect(config.pages == "/etc/plenary/pages")
        #expect(config.controlGroup == "operators")
        #expect(config.rtmpListen == ListenAddress(host: "0.0.0.0", port: 1935))
        #expect(
            config.events
                == PlenaryConfig.Events(
                    listen: ListenAddress(host: "::", port: 8443), publicURL: "wss://votes.council.example:444",
                    origins: ["https://b.example"], threads: 2))
        #expect(config.log == PlenaryConfig.Log(level: "debug", format: .json, access: true))
        #expect(config.corsOrigins == ["https://council.example", "http://localhost:3000"])
        #expect(config.embedParents == ["https://council.example"])
        #expect(config.limits == PlenaryConfig.Limits(connections: 500, connectionsPerAddress: 20, countLoopback: true))
        let hall = config.halls[0]
        #expect(hall.title == "Зала засідань")
        #expect(hall.language == "no", "Norwegian, not false")
        #expect(hall.stream.camera.raw == "/etc/plenary/film.mp4")
        #expect(!hall.stream.autostart)
        #expect(hall.stream.partDuration == 0.2)
        #expect(hall.stream.picture)
        #expect(hall.stream.slateImage == "/etc/plenary/card.png")
        #expect(hall.arms == "/etc/plenary/arms.svg")
        #expect(hall.stream.audioNames == ["Зала", "Переклад"])
        #expect(hall.stream.workerMemory == 1 << 30)
        #expect(hall.rules == .file("/etc/plenary/rules.yaml"))
    }

    @Test(
        arguments: [
            ("language: uk", .preset("ua")), ("language: lt-LT", .preset("lt")), ("language: ka", .preset("ge")), ("language: pl", .none),
            ("{language: pl, rules: ge}", .preset("ge")),
            ("{language: uk, rules: ../own/rules.yaml}", .file("/etc/plenary/../own/rules.yaml")),
        ] as [(String, PlenaryConfig.Rules)]) func `the rules are those of the hall's language unless named`(
            _ keys: String, _ rules: PlenaryConfig.Rules
        ) throws
    {
        let inner = keys.hasPrefix("{") ? String(keys.dropFirst().dropLast()) : keys
        #expect(try read("halls: [{name: a, camera: 'test:', \(inner)}]").halls[0].rules == rules)
    }

    @Test func `the votes' door is as public as the pages', never on their port`() {
        let open = faults(hall() + "\nevents: {listen: '0.0.0.0:8081'}")
        #expect(open.count == 1 && open[0].contains("events.listen: 0.0.0.0:8081 is open to the network and has no TLS"))
        #expect(faults(hall() + "\nevents: {listen: '0.0.0.0:8081'}\nbehindProxy: true").isEmpty)
        let same = faults(hall() + "\nevents: {listen: '127.0.0.1:8080'}")
        #expect(same.count == 1 && same[0].contains("is where the pages are served (listen): give another port"))
        #expect(faults(hall() + "\nevents: {publicUrl: 'https://a.example'}").count == 1)
        #expect(faults(hall() + "\nevents: {publicUrl: 'wss://a.example/live'}").count == 1)
        #expect(faults(hall("rules: uaa")).count == 1)
    }

    @Test func `the camera's address may be in a file of its own`() throws {
        let config = try read("halls: [{name: a, cameraFile: cam}]", files: ["/etc/plenary/cam": "  rtsp://u:p@cam/1 \nmore"])
        #expect(config.halls[0].stream.camera.raw == "rtsp://u:p@cam/1")
        #expect(config.halls[0].cameraIsInFile)
    }

    @Test func `flags go before the environment, and both before the file`() throws {
        let environment = ["PLENARY_LISTEN": "127.0.0.1:2", "PLENARY_STATE": "/env", "PLENARY_PAGES": ""]
        let overrides = ConfigOverrides(flags: ("127.0.0.1:3", "127.0.0.1:4", "127.0.0.1:5", nil, nil), environment: environment)
        let config = try read(hall() + "\nlisten: 127.0.0.1:1\nstate: /file\npages: /pages", overrides: overrides)
        #expect(config.listen.port == 3)
        #expect(config.rtmpListen?.port == 4)
        #expect(config.events.listen.port == 5)
        #expect(config.state == "/env")
        #expect(config.pages == "/pages")
    }

    @Test func `an open address is allowed with TLS or behind a proxy`() {
        #expect(faults(hall() + "\nlisten: 0.0.0.0:443\ntls: {certificate: a, key: b}").isEmpty)
        #expect(faults(hall() + "\nlisten: 0.0.0.0:80\nbehindProxy: true").isEmpty)
    }

    @Test func `a configuration may be JSON`() throws {
        #expect(try read(#"{"listen": "127.0.0.1:9", "halls": [{"name": "a", "camera": "test:"}]}"#).listen.port == 9)
    }

    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:80", "[::1]:80"), ("localhost:0", "localhost:0"), (":80", nil), ("80", nil),
        ("::1:80", nil),
        ("a:65536", nil), ("a:-1", nil), ("a b:1", nil), ("a:1x", nil), ("[]:1", nil),
    ]) func `an address is a host and a port`(_ text: String, _ expected: String?) {
        #expect(ListenAddress(text)?.description == expected)
    }

    @Test(arguments: [
        ("512MiB", 512 << 20), ("1 GiB", 1 << 30), ("300MB", 300_000_000), ("7", 7), ("-1", nil), ("MiB", nil), ("1e99GiB", nil),
    ])
    func `a size has a unit or is in bytes`(_ text: String, _ expected: Int?) { #expect(ByteCount.parse(text) == expected) }

    @Test(arguments: [
        ("partDuraton", "partDuration"), ("partduration", "partDuration"), ("titel", "title"), ("listne", "title"), ("x", nil), ("", nil),
    ]) func `the nearest name is offered when it is near`(_ name: String, _ expected: String?) {
        let known = ["partDuration", "segmentDuration", "title", "camera"]
        #expect(nearestName(to: name, among: known) == (name == "listne" ? nil : expected))
    }
}

@Suite struct `The documented example` {
    static let text: String = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return (try? String(contentsOf: root.appending(path: "config/plenary.yaml"), encoding: .utf8)) ?? ""
    }()

    @Test func `it can be used as it is`() throws {
        let example = try read(Self.text)
        #expect(try example == read("halls: [{name: council, camera: 'test:'}]"))
    }

    @Test func `it has every key, with a comment and the code's default, and no other`() throws {
        let example = try ConfigExample(Self.text)
        for (section, key) in ConfigExample.keys {
            let entry = try #require(
                example.entries.first { $0.section == section && $0.name == key.name },
                "\(section).\(key.name) is missing in config/plenary.yaml")
            #expect(entry.comment.count >= 10, "\(section).\(key.name) has no comment in config/plenary.yaml")
            // A hall cannot be without these two: the example has to give some.
            if section == "halls", ["name", "camera"].contains(key.name) { continue }
            let shown = key.fallback == "\"\"" ? "" : key.fallback
            #expect(entry.value == shown, "\(section).\(key.name) differs from the code's default")
        }
        let sections = Set(ConfigExample.keys.map(\.section)).subtracting([""])
        for entry in example.entries where !sections.contains(entry.section.isEmpty ? entry.name : "\(entry.section).\(entry.name)") {
            #expect(ConfigExample.keys.contains { $0.section == entry.section && $0.key.name == entry.name })
        }
    }

    @Test func `the test would notice a missing comment`() throws {
        let entries = try ConfigExample("# about a\na: 1\n\nb: 2\nc:\n  # about d\n  d: 3\n").entries
        #expect(entries.first { $0.name == "a" }?.comment == " about a")
        #expect(entries.first { $0.name == "b" }?.comment == "")
        #expect(entries.first { $0.name == "d" } == ConfigExample.Entry(section: "c", name: "d", value: "3", comment: " about d"))
    }
}
