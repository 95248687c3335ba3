/// What kind of thing a request was for; a label of the metrics.
enum RequestClass: Int, CaseIterable, Sendable {
    case live, pages, api, operation

    /// - Parameter path: cleaned, as `RequestTarget` has it.
    init(path: Substring) {
        self =
            if path.begins(with: "/live/") {
                .live
            } else if path.begins(with: "/api/") {
                .api
            } else {
                path == "/metrics" || path == "/healthz" || path == "/readyz" ? .operation : .pages
            }
    }

    var label: String {
        switch self {
        case .live: "live"
        case .pages: "pages"
        case .api: "api"
        case .operation: "operation"
        }
    }
}

/// Counts of one event loop; only that loop touches them, `/metrics` adds the loops up.
struct DoorCounters: Sendable {
    private var requests = [UInt64](repeating: 0, count: RequestClass.allCases.count * 600)
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
    /// Connections ended by a deadline of ours.
    var headerTimeouts: UInt64 = 0
    var bodyTimeouts: UInt64 = 0
    var idleTimeouts: UInt64 = 0
    var stalledReaders: UInt64 = 0
    var tlsTimeouts: UInt64 = 0
    /// HTTP/2 peers that answered no PING.
    var silentPeers: UInt64 = 0
    /// Held requests refused because too many wait.
    var holdsRefused: UInt64 = 0
    /// Times that a snapshot took the place of what a slow listener had not taken.
    var eventsReplaced: UInt64 = 0

    mutating func answered(_ kind: RequestClass, status: Int) {
        guard (100..<600).contains(status) else { return }
        requests[kind.rawValue * 600 + status] += 1
    }

    /// Every (class, status) that occurred, in order.
    var answers: [(kind: RequestClass, status: Int, count: UInt64)] {
        RequestClass.allCases.flatMap { kind in
            (100..<600).compactMap { status in
                let count = requests[kind.rawValue * 600 + status]
                return count == 0 ? nil : (kind, status, count)
            }
        }
    }

    mutating func add(_ other: DoorCounters) {
        for index in requests.indices { requests[index] += other.requests[index] }
        bytesIn += other.bytesIn
        bytesOut += other.bytesOut
        headerTimeouts += other.headerTimeouts
        bodyTimeouts += other.bodyTimeouts
        idleTimeouts += other.idleTimeouts
        stalledReaders += other.stalledReaders
        tlsTimeouts += other.tlsTimeouts
        silentPeers += other.silentPeers
        holdsRefused += other.holdsRefused
        eventsReplaced += other.eventsReplaced
    }
}
