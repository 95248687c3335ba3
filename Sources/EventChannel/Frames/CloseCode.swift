/// The status codes that the channel closes with (RFC 6455 §7.4). Below 4000 they are the standard's; 4008 is ours.
public struct CloseCode: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The client closed the connection.
    public static let normal = CloseCode(rawValue: 1000)
    /// The daemon shuts down or the hall was removed; the reason carries `retryWindow=` in milliseconds: reconnect at a random moment within it.
    public static let goingAway = CloseCode(rawValue: 1001)
    /// A frame that RFC 6455 does not allow. Reconnecting with the same client will not help.
    public static let protocolError = CloseCode(rawValue: 1002)
    /// Text or a close reason that is not UTF-8.
    public static let notUTF8 = CloseCode(rawValue: 1007)
    /// A message from the client, though the channel only sends; or too many pings.
    public static let policy = CloseCode(rawValue: 1008)
    /// A message over the size limit.
    public static let tooBig = CloseCode(rawValue: 1009)
    /// The client did not catch up in time after a fresh snapshot. It should reconnect when its network is better.
    public static let tooSlow = CloseCode(rawValue: 4008)

    /// Whether a client may send it (RFC 6455 §7.4.1 and the IANA registry).
    static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
