/// Where a hall's picture comes from. Its description never shows a password, a stream key or a passphrase.
///
/// | address | what |
/// |---|---|
/// | `rtsp://` `rtsps://` | a camera, TCP first, UDP with `?transport=udp` |
/// | `rtmp://` `rtmps://` | pulled from a server |
/// | `rtmp-push:KEY` | an encoder pushes to Plenary's RTMP listener with this stream key |
/// | `srt://host:port?passphrase=…` | called; with `mode=listener` Plenary listens |
/// | `udp://` `rtp://` | MPEG-TS, unicast or multicast |
/// | `/path/file.mp4` or `file:///…` | played in real time, looped unless `?loop=no` |
/// | `test:` | the generated hall; `?size=1920x1080&rate=25&gop=50&tone=yes` |
public struct CameraAddress: Sendable, Equatable, Codable {
    public enum Scheme: String, Sendable, Codable, CaseIterable {
        case rtsp, rtsps, rtmp, rtmps, srt, udp, rtp, file, test
        case rtmpPush = "rtmp-push"
    }

    public let scheme: Scheme
    /// The whole address, secrets included: for the worker's stdin only.
    public let raw: String

    /// What is wrong with an address; `description` names the remedy and shows no secret.
    public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        public var description: String
    }

    public init(_ text: String) throws(Fault) {
        guard !text.isEmpty else {
            throw Fault(description: "the address is empty: expected rtsp://…, rtmp://…, rtmp-push:KEY, srt://…, udp://…, a file or test:")
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Fault(description: "the address holds a control character")
        }
        if text.hasPrefix("/") || text.hasPrefix("./") {
            scheme = .file
            raw = text
            return
        }
        guard let colon = text.firstIndex(of: ":") else {
            throw Fault(
                description:
                    "the address has no scheme: expected rtsp://…, rtmp://…, rtmp-push:KEY, srt://…, udp://…, rtp://…, a file (/path or ./path) or test:"
            )
        }
        let name = text[..<colon].lowercased()
        guard let known = Scheme(rawValue: name) else {
            throw Fault(
                description:
                    "the scheme “\(name)” is not one that Plenary opens: use \(Scheme.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let rest = text[text.index(after: colon)...]
        switch known {
        case .rtmpPush:
            guard rest.utf8.count >= 8 else { throw Fault(description: "the stream key after rtmp-push: needs at least 8 characters") }
            let allowed = rest.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x2D || $0 == 0x5F
            }
            guard allowed else { throw Fault(description: "the stream key may hold letters, digits, - and _ only") }
        case .test: break
        case .file:
            guard rest.hasPrefix("//") || rest.hasPrefix("/") else { throw Fault(description: "a file: address is file:///path") }
        default:
            guard rest.hasPrefix("//"), rest.count > 2 else { throw Fault(description: "\(name) needs a host: \(name)://host…") }
        }
        scheme = known
        raw = text
    }

    private init(scheme: Scheme, raw: String) {
        self.scheme = scheme
        self.raw = raw
    }

    /// `test:`, the generated hall.
    public static let testHall = CameraAddress(scheme: .test, raw: "test:")

    /// The stream key of an encoder that pushes, else `nil`.
    public var streamKey: String? { scheme == .rtmpPush ? String(raw.dropFirst("rtmp-push:".count)) : nil }

    /// The address without user info, keys or passphrases: fit for logs, errors and status.
    public var redacted: String { Self.redact(raw) }

    /// Strips secrets out of any text that may hold addresses, such as a line of libav's log.
    public static func redact(_ text: String) -> String {
        var result = text
        result.replace(/(?i)([a-z][a-z0-9+.\-]*:\/\/)[^\/\s@"']*@/) { "\($0.output.1)…@" }
        result.replace(/(?i)(rtmps?:\/\/[^\/\s"']+\/[^\/\s"']+\/)[^\s"'?]+/) { "\($0.output.1)…" }
        result.replace(/(?i)(rtmp-push:)[^\s"']+/) { "\($0.output.1)…" }
        result.replace(/(?i)([?&](?:passphrase|password|pass|pwd|key|token|streamid|user|username|auth|secret|sig|signature)=)[^&\s"']*/) {
            "\($0.output.1)…"
        }
        return result
    }
}

extension CameraAddress: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { redacted }
    public var debugDescription: String { redacted }
}
