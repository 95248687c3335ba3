/// Finds the stream key in what an encoder sends: `app` of connect and the name of publish.
///
/// `rtmp://host/live/KEY` arrives as `live` + `KEY` (ffmpeg, OBS with server and key apart) or as `live/KEY` + nothing
/// (encoders with one address field). Query strings and slashes at the ends are stripped.
enum StreamKey {
    static let application = "live"

    /// Whether `app` may lead to a key.
    static func isKnown(application: String) -> Bool {
        let parts = components(application)
        return parts.first == Self.application[...] && parts.count <= 2
    }

    /// `nil`: no key, or more than one.
    static func find(application: String, name: String) -> String? {
        let parts = components(application) + components(name)
        guard parts.count == 2, parts[0] == Self.application[...], parts[1].utf8.count <= RTMPLimits.keyLength else { return nil }
        return String(parts[1])
    }

    private static func components(_ path: String) -> [Substring] {
        path.prefix { $0 != "?" }.split(separator: "/")
    }
}
