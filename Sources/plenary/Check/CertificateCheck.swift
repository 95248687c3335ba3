import Commons
import Foundation
import Glibc
import NIOSSL
import PlenaryConfiguration

/// Whether the certificate is valid now and belongs to its key.
enum CertificateCheck {
    static func findings(_ tls: PlenaryConfig.TLS, now: Int64) -> [CheckReport.Finding] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(tls.certificate)
        } catch {
            return [fault("\(tls.certificate) cannot be read as PEM certificates (tls.certificate): \(error)")]
        }
        guard let leaf = certificates.first else { return [fault("\(tls.certificate) holds no certificate")] }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: tls.key, format: .pem)
        } catch {
            return [fault("\(tls.key) cannot be read as a PEM private key (tls.key): \(error)")]
        }
        var findings = [validity(from: Int64(leaf.notValidBefore), to: Int64(leaf.notValidAfter), now: now / 1000)]
        do {
            // BoringSSL compares the key with the leaf when a context is made of them.
            _ = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key)))
            findings.append(CheckReport.Finding(.ok, "certificate", "the key belongs to it"))
        } catch {
            findings.append(fault("\(tls.key) is not the key of \(tls.certificate): \(error)"))
        }
        if certificates.count == 1 {
            findings.append(
                CheckReport.Finding(
                    .warning, "certificate",
                    "\(tls.certificate) holds no intermediates: many viewers will not trust it unless it is self-signed for a test"))
        }
        if let mode = mode(of: tls.key), mode & 0o004 != 0 {
            findings.append(CheckReport.Finding(.warning, "certificate", "every user of this machine can read \(tls.key): chmod 640 it"))
        }
        return findings
    }

    /// Times in seconds since 1970.
    static func validity(from: Int64, to: Int64, now: Int64) -> CheckReport.Finding {
        let days = (to - now) / 86400
        let end = CivilTime(secondsSince1970: to).date
        if now < from { return fault("it is valid from \(CivilTime(secondsSince1970: from).date) only: is this machine's clock right?") }
        if now > to { return fault("it ended on \(end): renew it") }
        if days < 14 { return CheckReport.Finding(.warning, "certificate", "it ends on \(end), in \(days) days: renew it") }
        return CheckReport.Finding(.ok, "certificate", "valid until \(end), \(days) days")
    }

    private static func fault(_ text: String) -> CheckReport.Finding { CheckReport.Finding(.fault, "certificate", text) }

    private static func mode(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode : nil
    }
}
