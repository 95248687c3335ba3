/// Where a client is in a hall's record: what it says when it comes back.
struct EventPlace: Hashable {
    var epoch: String
    var after: Int64

    /// `{epoch}/{after}` of the state's address; `nil` when it is not one.
    init?(path: Substring) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        self.init(parts[0], parts[1])
    }

    /// The id of the last event that a page's `EventSource` got, `{epoch}:{sequence}`.
    init?(lastEventID: String) {
        guard let colon = lastEventID.lastIndex(of: ":") else { return nil }
        self.init(lastEventID[..<colon], lastEventID[lastEventID.index(after: colon)...])
    }

    /// `epoch=…&after=…`, as the WebSocket's address has them.
    init?(query: Substring) {
        var found: [Substring: Substring] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { found[parts[0]] = parts[1] }
        }
        guard let epoch = found["epoch"], let after = found["after"] else { return nil }
        self.init(epoch, after)
    }

    private init?(_ epoch: Substring, _ after: Substring) {
        guard (1...64).contains(epoch.utf8.count), let number = Int64(after), number >= 0, after.first != "+",
            epoch.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
            })
        else { return nil }
        self.epoch = String(epoch)
        self.after = number
    }
}
