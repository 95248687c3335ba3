import StreamRelay

/// What must hold between keys.
enum ConfigRules {
    /// A public door speaks TLS, itself or by a proxy in front of it.
    static func checkListen(_ config: PlenaryConfig, given: String?, _ root: inout SectionReader) {
        guard !config.listen.isLoopback, config.tls == nil, !config.behindProxy else { return }
        let from = given.map { " (from \($0))" } ?? ""
        root.fault(
            "listen",
            "\(config.listen)\(from) is open to the network and has no TLS: give tls.certificate and tls.key, or say behindProxy: true when a "
                + "front proxy speaks TLS, or listen on 127.0.0.1:\(config.listen.port)")
    }

    /// The channel is as public as the pages, and never on their port.
    static func checkEvents(_ config: PlenaryConfig, given: String?, _ events: inout SectionReader) {
        let address = config.events.listen
        let from = given.map { " (from \($0))" } ?? ""
        if !address.isLoopback, config.tls == nil, !config.behindProxy {
            events.fault(
                "listen",
                "\(address)\(from) is open to the network and has no TLS: give tls.certificate and tls.key, or say behindProxy: true when a "
                    + "front proxy speaks TLS, or listen on 127.0.0.1:\(address.port)")
        }
        if address == config.listen, address.port != 0 {
            events.fault("listen", "\(address)\(from) is where the pages are served (listen): give another port")
        }
    }

    static func checkDurations(_ settings: StreamSettings, _ section: inout SectionReader) {
        let maximum = settings.segmentMaximum
        if maximum < settings.segmentDuration {
            section.fault(
                "segmentMaximum", "\(short(maximum)) is less than segmentDuration \(short(settings.segmentDuration)): give at least as much"
            )
        }
        if settings.partDuration > settings.segmentDuration {
            section.fault(
                "partDuration",
                "\(short(settings.partDuration)) is longer than a segment (segmentDuration \(short(settings.segmentDuration))): give at most as much"
            )
        }
        // RFC 8216bis §4.4.3.8: CAN-SKIP-UNTIL is at least six target durations. A window that is no longer leaves a delta update
        // nothing to skip, and one under three target durations breaks §6.2.2.
        let needed = 6 * maximum.rounded(.up)
        if settings.liveWindow < needed {
            section.fault(
                "liveWindow",
                "\(short(settings.liveWindow)) is too short for segmentMaximum \(short(maximum)): a playlist keeps six target durations "
                    + "(EXT-X-SKIP begins past them), so give at least \(short(needed)), or a smaller segmentMaximum")
        }
    }

    /// One name, one stream key for each hall.
    static func checkDoubles(_ halls: inout [(reader: SectionReader, hall: PlenaryConfig.Hall?)]) {
        var names: [String: Int] = [:]
        var streamKeys: [String: String] = [:]
        for index in halls.indices {
            guard let hall = halls[index].hall else { continue }
            if let first = names[hall.name] {
                halls[index].reader.fault("name", "“\(hall.name)” is the name of halls[\(first)] too: every hall needs its own")
            } else {
                names[hall.name] = index
            }
            guard let key = hall.stream.camera.streamKey else { continue }
            if let first = streamKeys[key] {
                halls[index].reader.fault("camera", "the stream key is that of hall “\(first)” too: every hall needs its own")
            } else {
                streamKeys[key] = hall.name
            }
        }
    }
}
