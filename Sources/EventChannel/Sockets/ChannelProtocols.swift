internal import CWebSockets
import Glibc
import Synchronization

/// Our configuration of libwebsockets, which keeps pointers to all of it.
final class ChannelProtocols {
    static let name = "plenary.v1"
    /// The last line that libwebsockets logged, as the reason of an error.
    private static let lastWords = Mutex("")

    private let protocols = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 2)
    /// Zeroed: libwebsockets' own sorted list of ping and timeout deadlines does not scale to thousands.
    private let policy = UnsafeMutablePointer<lws_retry_bo_t>.allocate(capacity: 1)
    private let loops = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: 1)
    private let strings: [UnsafeMutablePointer<CChar>]

    init() {
        strings = [Self.name, "http/1.1", "default"].map { (text: String) in strdup(text) }
        protocols.initialize(repeating: lws_protocols(), count: 2)
        protocols[0].name = UnsafePointer(strings[0])
        protocols[0].callback = channelEvent
        policy.initialize(to: lws_retry_bo_t())
        loops.initialize(to: nil)
    }

    deinit {
        protocols.deallocate()
        policy.deallocate()
        loops.deallocate()
        for string in strings { free(string) }
    }

    /// A context without listeners on our own loop, so that it installs no signal handlers.
    func createContext(
        on loop: UnsafeMutablePointer<uv_loop_t>, certificate: ChannelSettings.Certificate?, owner: UnsafeMutableRawPointer
    ) throws(ChannelError) -> OpaquePointer {
        lws_set_log_level(CWS_LEVELS_OF_TROUBLE) { _, line in
            guard let line else { return }
            ChannelProtocols.lastWords.withLock { $0 = String(cString: line) }
        }
        loops[0] = UnsafeMutableRawPointer(loop)
        var info = lws_context_creation_info()
        info.port = CWS_NO_LISTENER
        info.protocols = UnsafePointer(protocols)
        info.vhost_name = UnsafePointer(strings[2])
        info.retry_and_idle_policy = UnsafePointer(policy)
        info.foreign_loops = loops
        // Seconds for the TLS handshake and for the first request after it (default 5). Our own deadlines, in the timer wheel, are shorter.
        info.timeout_secs = 60
        info.gid = -1
        info.uid = -1
        info.user = owner
        info.options = CWS_OPTIONS
        guard let certificate else {
            guard let context = lws_create_context(&info) else { throw .loop(Self.lastReason) }
            return context
        }
        info.options |= CWS_OPTION_TLS
        info.alpn = UnsafePointer(strings[1])
        let context = certificate.chainPath.withCString { chain in
            certificate.keyPath.withCString { key in
                info.ssl_cert_filepath = chain
                info.ssl_private_key_filepath = key
                return lws_create_context(&info)
            }
        }
        guard let context else { throw .certificate(certificate.chainPath, reason: Self.lastReason) }
        return context
    }

    private static var lastReason: String {
        let words = lastWords.withLock { $0 }.split(separator: " ").joined(separator: " ").prefix { $0 != "\n" }
        return words.isEmpty ? "libwebsockets gives no reason" : String(words)
    }
}

/// The answer to a client's key (RFC 6455 §4.2.2).
enum HandshakeKey {
    static func accept(_ key: String) -> String {
        let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        cws_sha1(text, text.count, &digest)
        var out = [CChar](repeating: 0, count: 32)
        digest.withUnsafeBytes { bytes in
            _ = lws_b64_encode_string(bytes.baseAddress!.assumingMemoryBound(to: CChar.self), 20, &out, Int32(out.count))
        }
        return String(decoding: out.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
