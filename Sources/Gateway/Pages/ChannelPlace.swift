import HTTPTypes
import HummingbirdCore

/// Where browsers find the event channel.
public enum ChannelPlace: Sendable, Equatable {
    /// On this port of the host that the page came from; `secure` when it speaks TLS.
    case port(Int, secure: Bool)
    /// A front proxy joins it with the pages, under their own name.
    case behindProxy
    /// Where the operator says: `wss://events.council.example`.
    case address(String)

    /// `ws://council.example:8081`; `nil` when the request does not say whom it asks.
    func origin(for request: Request) -> String? {
        guard let authority = Self.authority(request) else { return nil }
        switch self {
        case .port(let port, let secure): return "\(secure ? "wss" : "ws")://\(Self.host(authority)):\(port)"
        case .behindProxy:
            let isSecure = request.headers[Self.forwardedProtocol]?.lowercased().hasPrefix("https") == true
            return "\(isSecure ? "wss" : "ws")://\(authority)"
        case .address(let address): return address
        }
    }

    static let forwardedProtocol = HTTPField.Name("x-forwarded-proto")!

    /// The host and port that were asked for, of nothing but the letters of one: it becomes part of a policy.
    static func authority(_ request: Request) -> String? {
        guard let text = request.head.authority, (1...255).contains(text.utf8.count) else { return nil }
        let isClean = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
        return isClean ? text : nil
    }

    /// Without its port.
    private static func host(_ authority: String) -> Substring {
        guard let colon = authority.lastIndex(of: ":"), authority[colon...].dropFirst().allSatisfy(\.isNumber) else {
            return authority[...]
        }
        return authority[..<colon]
    }
}
