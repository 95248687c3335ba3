/// Notices that libavformat follows an RTSP redirect to another host or scheme, which is forbidden: it could lead to a file or into
/// the internal network.
struct RedirectGuard {
    /// Scheme and host of the address that was asked for.
    private var authority: String?
    /// Scheme and host that the camera redirected to.
    private(set) var redirectedTo: String?

    /// - Parameter url: what libavformat opens now; the first one is the address that was asked for.
    /// - Returns: whether the camera has redirected to another host, now or before.
    mutating func check(_ url: String) -> Bool {
        let found = Self.authority(of: url)
        guard let authority else {
            authority = found
            return false
        }
        if found != authority { redirectedTo = found }
        return redirectedTo != nil
    }

    /// Scheme and host in lower case, without user and port.
    static func authority(of url: String) -> String {
        guard let mark = url.firstRange(of: "://") else { return url }
        var rest = url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if rest.first == "[" {
            rest = rest.prefix { $0 != "]" }
        } else if let colon = rest.lastIndex(of: ":") {
            rest = rest[..<colon]
        }
        return url[..<mark.lowerBound].lowercased() + "://" + rest.lowercased()
    }
}
