import HTTPTypes
import HummingbirdCore

/// What a page calls itself towards other sites: `https://council.example`.
enum PageOrigin {
    /// Empty when the request does not say whom it asks: then addresses are relative.
    static func of(_ request: Request, isSecure: Bool) -> String {
        guard let authority = ChannelPlace.authority(request) else { return "" }
        let isBehindTLS = request.headers[ChannelPlace.forwardedProtocol]?.lowercased().hasPrefix("https") == true
        return "\(isSecure || isBehindTLS ? "https" : "http")://\(authority)"
    }
}
