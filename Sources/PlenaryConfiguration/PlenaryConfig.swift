import StreamRelay

/// The daemon's configuration: `plenary.yaml` as values, checked.
public struct PlenaryConfig: Sendable, Equatable {
    public struct TLS: Sendable, Equatable {
        /// Paths of PEM files.
        public var certificate: String
        public var key: String
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    public struct Log: Sendable, Equatable {
        public enum Format: String, Sendable { case human, json }
        /// A level's name as swift-log spells it.
        public var level: String
        public var format: Format
        /// A line for every request.
        public var access: Bool
    }

    public struct Limits: Sendable, Equatable {
        public var connections: Int
        public var connectionsPerAddress: Int
        /// This machine's own address is counted too.
        public var countLoopback: Bool
    }

    /// The WebSocket channel.
    public struct Events: Sendable, Equatable {
        public var listen: ListenAddress
        /// `wss://host`: what pages are told instead of their own host and `listen`'s port.
        public var publicURL: String?
        /// Origins that may listen besides the pages' own.
        public var origins: [String]
        public var threads: Int
    }

    /// What a council votes by until its record says otherwise.
    public enum Rules: Sendable, Equatable {
        /// A file that came with the program: `ua`.
        case preset(String)
        case file(String)
        case none
    }

    /// A scripted sitting.
    public struct Demo: Sendable, Equatable {
        /// Paths; without a roster the one beside the script is read.
        public var script: String
        public var roster: String?
        /// How many times faster than written.
        public var speed: Int

        public init(script: String, roster: String? = nil, speed: Int = 1) {
            self.script = script
            self.roster = roster
            self.speed = speed
        }
    }

    public struct Hall: Sendable, Equatable {
        public var name: String
        /// For people, in the council's language; never empty.
        public var title: String
        public var language: String { stream.language }
        public var stream: StreamSettings
        /// The address came from `cameraFile`, not from the configuration itself.
        public var cameraIsInFile: Bool
        public var rules: Rules
        /// Path of the picture with the council's arms; `nil`: none.
        public var arms: String?
        /// A sitting that is played again and again; `nil`: none.
        public var demo: Demo?
        /// Where the hall's own voting system puts its results; `nil`: nowhere.
        public var hallSystemFolder: String?
    }

    public var listen: ListenAddress
    public var tls: TLS?
    public var behindProxy: Bool
    /// `nil`: the usual place of the user that runs the daemon.
    public var state: String?
    /// `nil`: the pages that came with the program.
    public var pages: String?
    /// The Unix group that may use the control socket.
    public var controlGroup: String
    public var rtmpListen: ListenAddress?
    public var events: Events
    public var log: Log
    /// Origins whose pages may read the live video; `["*"]`: all.
    public var corsOrigins: [String]
    /// Origins whose pages may show `/embed/{hall}` in a frame; `["*"]`: all.
    public var embedParents: [String]
    public var limits: Limits
    /// In the order of the file.
    public var halls: [Hall]

    public func hall(_ name: String) -> Hall? { halls.first { $0.name == name } }
}

/// What was given by flag or environment and overrides the file; each with the name it was given by, for faults.
public struct ConfigOverrides: Sendable, Equatable {
    public struct Given: Sendable, Equatable {
        public var value: String
        /// `--listen` or `PLENARY_LISTEN`.
        public var by: String
        public init(value: String, by: String) {
            self.value = value
            self.by = by
        }
    }

    public var listen: Given?
    public var rtmpListen: Given?
    public var eventsListen: Given?
    public var state: Given?
    public var pages: Given?

    public init(
        listen: Given? = nil, rtmpListen: Given? = nil, eventsListen: Given? = nil, state: Given? = nil, pages: Given? = nil
    ) {
        self.listen = listen
        self.rtmpListen = rtmpListen
        self.eventsListen = eventsListen
        self.state = state
        self.pages = pages
    }

    /// Flags go before the environment.
    public init(
        flags: (listen: String?, rtmpListen: String?, eventsListen: String?, state: String?, pages: String?),
        environment: [String: String]
    ) {
        func given(_ flag: String?, _ name: String, _ variable: String) -> Given? {
            if let flag { return Given(value: flag, by: name) }
            guard let value = environment[variable], !value.isEmpty else { return nil }
            return Given(value: value, by: variable)
        }
        listen = given(flags.listen, "--listen", "PLENARY_LISTEN")
        rtmpListen = given(flags.rtmpListen, "--rtmp-listen", "PLENARY_RTMP_LISTEN")
        eventsListen = given(flags.eventsListen, "--events-listen", "PLENARY_EVENTS_LISTEN")
        state = given(flags.state, "--state", "PLENARY_STATE")
        pages = given(flags.pages, "--pages", "PLENARY_PAGES")
    }
}
