/// Why the channel did not start.
public enum ChannelError: Error, Sendable, Equatable, CustomStringConvertible {
    case address(String, reason: String)
    case listen(String, port: UInt16, reason: String)
    case certificate(String, reason: String)
    case loop(String)

    public var description: String {
        switch self {
        case .address(let host, let reason): "cannot listen for events on “\(host)”: \(reason); give an IP address of this machine"
        case .listen(let host, let port, let reason):
            "cannot listen for events on \(host) port \(port): \(reason); choose another port, or stop what has it"
        case .certificate(let path, let reason): "cannot use the certificate \(path) for the event channel: \(reason)"
        case .loop(let reason): "cannot start the event channel: \(reason)"
        }
    }
}
