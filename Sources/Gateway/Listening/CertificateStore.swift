import Logging
import NIOCore
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The certificate in use. When its files change, new connections get the new one; a broken new one changes nothing and is reported once.
final class CertificateStore: Sendable {
    private struct State {
        var context: NIOSSLContext
        var stamps: [FileStamp]
        /// Stamps that were tried and found broken.
        var broken: [FileStamp]?
    }
    private let certificate: GatewaySettings.Certificate
    private let logger: Logger
    private let state: Mutex<State>

    init(_ certificate: GatewaySettings.Certificate, logger: Logger) throws(CertificateFault) {
        self.certificate = certificate
        self.logger = logger
        let stamps = Self.stamps(certificate)
        state = Mutex(State(context: try Self.load(certificate), stamps: stamps))
    }

    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Reads the files again when they changed. Blocks for the reading of two small files: not for an event loop.
    /// - Returns: whether new connections now get another certificate.
    @discardableResult
    func refresh() -> Bool {
        let stamps = Self.stamps(certificate)
        guard state.withLock({ $0.stamps != stamps && $0.broken != stamps }) else { return false }
        do {
            let context = try Self.load(certificate)
            state.withLock { $0 = State(context: context, stamps: stamps) }
            logger.notice("the new TLS certificate is in use", metadata: ["file": "\(certificate.chainPath)"])
            return true
        } catch {
            state.withLock { $0.broken = stamps }
            logger.error("the changed TLS certificate cannot be used, the old one stays", metadata: ["reason": "\(error)"])
            return false
        }
    }

    private static func stamps(_ certificate: GatewaySettings.Certificate) -> [FileStamp] {
        [FileStamp(certificate.chainPath), FileStamp(certificate.keyPath)].compactMap { $0 }
    }

    private static func load(_ certificate: GatewaySettings.Certificate) throws(CertificateFault) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate.chainPath)
            guard !chain.isEmpty else { throw CertificateFault(path: certificate.chainPath, reason: "it holds no certificate") }
            let key = try NIOSSLPrivateKey(file: certificate.keyPath, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["h2", "http/1.1"]
            return try NIOSSLContext(configuration: configuration)
        } catch let fault as CertificateFault {
            throw fault
        } catch {
            throw CertificateFault(path: "\(certificate.chainPath) with key \(certificate.keyPath)", reason: "\(error)")
        }
    }
}

struct CertificateFault: Error, CustomStringConvertible {
    var path: String
    var reason: String
    var description: String {
        "the TLS certificate \(path) cannot be used: \(reason). Give PEM files that belong together and that the daemon may read"
    }
}

/// Enough of a file's metadata to see that it changed.
struct FileStamp: Equatable, Sendable {
    let seconds: Int
    let nanoseconds: Int
    let size: Int64
    let inode: UInt64

    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        size = Int64(status.st_size)
        inode = UInt64(status.st_ino)
    }
}
