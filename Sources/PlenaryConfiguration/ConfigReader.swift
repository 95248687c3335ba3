import StreamRelay
import Yams

/// Turns the text of a `plenary.yaml` into a `PlenaryConfig`, or into all of its faults at once.
public struct ConfigReader {
    /// The file's name as faults show it.
    public var file: String
    /// The file's folder: paths in the file are relative to it.
    public var folder: String
    public var overrides: ConfigOverrides
    /// Reads a file that the configuration names (`cameraFile`); throws with a sentence.
    public var readFile: (String) throws -> String

    public init(file: String, folder: String, overrides: ConfigOverrides, readFile: @escaping (String) throws -> String) {
        self.file = file
        self.folder = folder
        self.overrides = overrides
        self.readFile = readFile
    }

    public func read(_ text: String) throws(ConfigFaults) -> PlenaryConfig {
        let document: ConfigDocument
        do {
            document = try ConfigDocument(text)
        } catch {
            throw ConfigFaults(file: file, faults: [error])
        }
        var faults: [ConfigFault] = []
        let config = read(document.root, &faults)
        guard faults.isEmpty else { throw ConfigFaults(file: file, faults: faults) }
        return config
    }

    private func read(_ node: Node?, _ faults: inout [ConfigFault]) -> PlenaryConfig {
        var root = SectionReader(node, path: "", known: ConfigKeys.names(in: ""))
        var tls = root.section("tls")
        var control = root.section("control")
        var rtmp = root.section("rtmp")
        var events = root.section("events")
        var log = root.section("log")
        var cors = root.section("cors")
        var embed = root.section("embed")
        var limits = root.section("limits")

        var config = PlenaryConfig(
            listen: root.value(ConfigKeys.listen),
            tls: readTLS(&tls),
            behindProxy: root.value(ConfigKeys.behindProxy),
            state: root.value(ConfigKeys.state).map(absolute),
            pages: root.value(ConfigKeys.pages).map(absolute),
            controlGroup: control.value(ConfigKeys.Control.group),
            rtmpListen: rtmp.value(ConfigKeys.RTMP.listen),
            events: PlenaryConfig.Events(
                listen: events.value(ConfigKeys.Events.listen), publicURL: events.value(ConfigKeys.Events.publicUrl),
                origins: events.value(ConfigKeys.Events.origins), threads: events.value(ConfigKeys.Events.threads)),
            log: PlenaryConfig.Log(
                level: log.value(ConfigKeys.Log.level),
                format: PlenaryConfig.Log.Format(rawValue: log.value(ConfigKeys.Log.format)) ?? .human,
                access: log.value(ConfigKeys.Log.access)),
            corsOrigins: cors.value(ConfigKeys.CORS.origins),
            embedParents: embed.value(ConfigKeys.Embed.parents),
            limits: PlenaryConfig.Limits(
                connections: limits.value(ConfigKeys.Limits.connections),
                connectionsPerAddress: limits.value(ConfigKeys.Limits.connectionsPerAddress),
                countLoopback: limits.value(ConfigKeys.Limits.countLoopback)),
            halls: [])
        apply(overrides, to: &config, &faults)
        config.halls = readHalls(&root, rtmpIsOpen: config.rtmpListen != nil, &faults)
        ConfigRules.checkListen(config, given: overrides.listen?.by, &root)
        ConfigRules.checkEvents(config, given: overrides.eventsListen?.by, &events)
        for section in [root, tls, control, rtmp, events, log, cors, embed, limits] { faults += section.faults }
        return config
    }

    private func readTLS(_ section: inout SectionReader) -> PlenaryConfig.TLS? {
        let certificate = section.value(ConfigKeys.TLS.certificate)
        let key = section.value(ConfigKeys.TLS.key)
        switch (certificate, key) {
        case (let certificate?, let key?): return PlenaryConfig.TLS(certificate: absolute(certificate), key: absolute(key))
        case (nil, nil): break
        case (nil, _): section.fault("certificate", "must be given with tls.key: the PEM file of the certificate")
        case (_, nil): section.fault("key", "must be given with tls.certificate: the PEM file of its private key")
        }
        return nil
    }

    private func apply(_ overrides: ConfigOverrides, to config: inout PlenaryConfig, _ faults: inout [ConfigFault]) {
        func address(_ given: ConfigOverrides.Given, example: String) -> ListenAddress? {
            if let address = ListenAddress(given.value) { return address }
            faults.append(
                ConfigFault(
                    place: .given(given.by), key: "",
                    message: "“\(given.value)” is not allowed here: expected host:port, such as \(example)"))
            return nil
        }
        if let given = overrides.listen, let value = address(given, example: "127.0.0.1:8080") { config.listen = value }
        if let given = overrides.rtmpListen, let value = address(given, example: "127.0.0.1:1935") { config.rtmpListen = value }
        if let given = overrides.eventsListen, let value = address(given, example: "127.0.0.1:8081") { config.events.listen = value }
        if let given = overrides.state { config.state = given.value }
        if let given = overrides.pages { config.pages = given.value }
    }

    private func readHalls(_ root: inout SectionReader, rtmpIsOpen: Bool, _ faults: inout [ConfigFault]) -> [PlenaryConfig.Hall] {
        guard let node = root.node("halls"), !node.isEmptyScalar else {
            root.fault("halls", "must be given: a list with at least one hall, such as “- name: council” with “camera: test:” below")
            return []
        }
        guard case .sequence(let list) = node else {
            root.fault("halls", "\(node.shown) is not allowed here: expected a list, each hall beginning with “- name: …”")
            return []
        }
        if list.isEmpty { root.fault("halls", "the list is empty: name at least one hall") }
        if list.count > 64 { root.fault("halls", "\(list.count) halls are more than the 64 that one daemon serves") }
        var readers: [(reader: SectionReader, hall: PlenaryConfig.Hall?)] = []
        for (index, entry) in list.enumerated() {
            var reader = SectionReader(
                entry, path: "halls[\(index)]", known: ConfigKeys.names(in: "halls"), parent: ConfigDocument.place(entry.mark))
            let hall = HallReader(folder: folder, readFile: readFile).read(&reader, rtmpIsOpen: rtmpIsOpen)
            readers.append((reader, hall))
        }
        ConfigRules.checkDoubles(&readers)
        faults += readers.flatMap(\.reader.faults)
        return readers.compactMap(\.hall)
    }

    private func absolute(_ path: String) -> String { path.resolved(in: folder) }
}

extension String {
    /// A relative path seen from `folder`.
    func resolved(in folder: String) -> String {
        if hasPrefix("/") || folder.isEmpty { return self }
        let rest = hasPrefix("./") ? String(dropFirst(2)) : self
        return folder.hasSuffix("/") ? folder + rest : "\(folder)/\(rest)"
    }
}
