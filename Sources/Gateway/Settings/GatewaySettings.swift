/// The HTTP server's settings. Values come from `PlenaryConfiguration`; `DoorLimits` has the defaults.
public struct GatewaySettings: Sendable, Equatable {
    /// An address to listen on; port 0 lets the kernel choose (`Gateway.run` reports the outcome).
    public struct Address: Sendable, Equatable, Hashable {
        public var host: String
        public var port: Int
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// PEM files. The certificate file holds the chain, the leaf first.
    public struct Certificate: Sendable, Equatable {
        public var chainPath: String
        public var keyPath: String
        public init(chainPath: String, keyPath: String) {
            self.chainPath = chainPath
            self.keyPath = keyPath
        }
    }

    /// The operators' door on this machine: mode 0660, owned by `group` when that group exists.
    public struct ControlSocket: Sendable, Equatable {
        public var path: String
        public var group: String?
        public init(path: String, group: String? = "plenary") {
            self.path = path
            self.group = group
        }
    }

    public var listen: [Address]
    /// With a certificate every TCP address speaks TLS (HTTP/2 and HTTP/1.1 by ALPN); without one, plain HTTP/1.1.
    public var certificate: Certificate?
    public var controlSocket: ControlSocket?
    /// Holds `index.html` and what it asks for below `/assets/`.
    public var pagesDirectory: String
    public var limits: DoorLimits
    public var accessLog: Bool
    /// Origins that may read `/live/…` from their own pages; `["*"]` is every origin.
    public var corsOrigins: [String]
    /// Origins whose pages may show `/embed/{hall}` in a frame, besides our own; `["*"]` is every site.
    public var embedParents: [String]
    /// The file of tokens and sessions; `nil`: in memory only.
    public var keysPath: String?
    /// A front proxy says whom it speaks for (`X-Forwarded-For`, `X-Forwarded-Proto`).
    public var behindProxy: Bool
    /// What `GET /api/v1/version` says.
    public var version: String

    public init(
        listen: [Address], certificate: Certificate? = nil, controlSocket: ControlSocket? = nil, pagesDirectory: String,
        limits: DoorLimits = DoorLimits(), accessLog: Bool = false, corsOrigins: [String] = ["*"], embedParents: [String] = [],
        keysPath: String? = nil, behindProxy: Bool = false,
        version: String = "development"
    ) {
        self.listen = listen
        self.certificate = certificate
        self.controlSocket = controlSocket
        self.pagesDirectory = pagesDirectory
        self.limits = limits
        self.accessLog = accessLog
        self.corsOrigins = corsOrigins
        self.embedParents = embedParents
        self.keysPath = keysPath
        self.behindProxy = behindProxy
        self.version = version
    }

    var allowsEveryOrigin: Bool { corsOrigins.count == 1 && corsOrigins[0] == "*" }
}
