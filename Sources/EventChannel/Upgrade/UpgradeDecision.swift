import Commons

/// The place in the record from which a reconnecting client resumes.
public struct Resume: Equatable, Sendable {
    public var epoch: String
    public var after: Int64
}

/// The decision on a request: an upgrade, or a short HTTP response.
enum UpgradeDecision: Equatable {
    case upgrade(hall: String, key: String, resume: Resume?)
    /// To the hall's picture, frame by frame.
    case picture(hall: String, key: String)
    case refuse(HTTPRefusal)

    static let subprotocol = "plenary.v1"
    static let pictureSubprotocol = "plenary.picture.v1"

    init(_ head: RequestHead, origins: [String], isHall: (String) -> Bool, hasPicture: (String) -> Bool = { _ in false }) {
        do throws(HTTPRefusal) {
            try Self.checkRequest(head)
            let (hall, isPicture, query) = try Self.place(head.target)
            guard isHall(hall) else { throw HTTPRefusal(404, "There is no hall “\(hall)” here.") }
            guard !isPicture || hasPicture(hall) else {
                throw HTTPRefusal(404, "The picture of “\(hall)” is not sent frame by frame: hallPicture is not set in its configuration.")
            }
            let key = try Self.checkHandshake(head, isPicture ? Self.pictureSubprotocol : Self.subprotocol)
            try Self.checkOrigin(head, origins)
            self = isPicture ? .picture(hall: hall, key: key) : .upgrade(hall: hall, key: key, resume: try Self.resume(query))
        } catch { self = .refuse(error) }
    }

    private static func checkRequest(_ head: RequestHead) throws(HTTPRefusal) {
        guard head.method == "GET" else { throw HTTPRefusal(405, "This port is for WebSocket alone.", fields: ["Allow: GET"]) }
        // A body is never read; a request that has one is not an upgrade (RFC 9112 §6.3).
        guard head.values("transfer-encoding").isEmpty, head.values("content-length").allSatisfy({ $0 == "0" }) else {
            throw HTTPRefusal(400, "A request to this port has no body.")
        }
        guard head.values("host").count == 1 else { throw HTTPRefusal(400, "The request needs one Host field.") }
    }

    /// The hall and the query of `/live/{hall}/events?…`, or of `/live/{hall}/picture`.
    private static func place(_ target: String) throws(HTTPRefusal) -> (hall: String, isPicture: Bool, query: Substring) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard path.count == 4, path[0].isEmpty, path[1] == "live", ["events", "picture"].contains(path[3]), HallName.isValid(path[2]) else {
            throw HTTPRefusal(404, "This port has /live/{hall}/events and /live/{hall}/picture alone; the pages are on the other one.")
        }
        return (String(path[2]), path[3] == "picture", parts.count > 1 ? parts[1] : "")
    }

    /// RFC 6455 §4.2.1. Returns the client's key.
    private static func checkHandshake(_ head: RequestHead, _ subprotocol: String) throws(HTTPRefusal) -> String {
        let offer = ["Upgrade: websocket", "Connection: Upgrade"]
        guard head.lists("upgrade", "websocket"), head.lists("connection", "upgrade") else {
            throw HTTPRefusal(
                426, "This address is a WebSocket; the same events are on the HTTP port as a text/event-stream.", fields: offer)
        }
        guard head.values("sec-websocket-version") == ["13"] else {
            throw HTTPRefusal(426, "WebSocket version 13 is spoken here.", fields: offer + ["Sec-WebSocket-Version: 13"])
        }
        let keys = head.values("sec-websocket-key")
        guard keys.count == 1, isKey(keys[0]) else { throw HTTPRefusal(400, "Sec-WebSocket-Key must be 16 bytes in Base64, once.") }
        guard head.members("sec-websocket-protocol").contains(where: { $0 == subprotocol }) else {
            throw HTTPRefusal(400, "Offer the subprotocol \(subprotocol).")
        }
        return keys[0]
    }

    private static func isKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24 && bytes.hasSuffix("==")
            && bytes.dropLast(2).allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2F: true
                default: false
                }
            }
    }

    /// A page may listen from the host it asks, whatever the port, or from a listed origin; a program has no origin (§10.2).
    private static func checkOrigin(_ head: RequestHead, _ origins: [String]) throws(HTTPRefusal) {
        let given = head.values("origin")
        guard let origin = given.first?.lowercased() else { return }
        if origins.contains("*") { return }
        guard given.count == 1,
            origins.contains(where: { $0.lowercased() == origin }) || host(ofOrigin: origin) == host(head.values("host")[0])
        else {
            throw HTTPRefusal(403, "Pages from this origin may not listen here.")
        }
    }

    private static func host(ofOrigin origin: String) -> String? {
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) { return host(String(origin.dropFirst(scheme.count))) }
        return nil
    }

    /// Without the port.
    private static func host(_ authority: String) -> String {
        let authority = authority.lowercased()
        if authority.hasPrefix("[") { return String(authority.prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    /// `epoch` and `after`, both or neither; other names are ignored, so that later versions can add some.
    private static func resume(_ query: Substring) throws(HTTPRefusal) -> Resume? {
        var found: [Substring: Substring] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, parts[0] == "epoch" || parts[0] == "after" {
                guard found.updateValue(parts[1], forKey: parts[0]) == nil else { throw HTTPRefusal(400, "“\(parts[0])” is given twice.") }
            }
        }
        guard !found.isEmpty else { return nil }
        guard let epoch = found["epoch"], (1...64).contains(epoch.utf8.count),
            epoch.utf8.allSatisfy({
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x2D || $0 == 0x5F
            }),
            let after = found["after"], let number = Int64(after), number >= 0, after.first != "+"
        else { throw HTTPRefusal(400, "To resume give epoch and after, as they were in the last message; else neither.") }
        return Resume(epoch: String(epoch), after: number)
    }
}

extension Array where Element == UInt8 {
    fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
