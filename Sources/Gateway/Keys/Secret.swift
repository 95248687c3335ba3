import Commons
import Crypto
import Foundation

/// Secrets as they are made and as they are kept.
enum Secret {
    static let tokenPrefix = "plenary_"

    /// 256 bits from the system's generator, in characters that need no quoting in a header or a shell.
    static func token() -> String { tokenPrefix + random() }

    /// A session's secret, likewise.
    static func random() -> String {
        Data(bytes(32)).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// A random name.
    static func id() -> String { Hex.text(bytes(6)) }

    /// 60 bits to type by hand: `7KQ2-MX4D-93TB`. The alphabet leaves out characters that are easily mistaken for each other (0/O, 1/I/L).
    static func setupCode() -> String {
        let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let code = bytes(12).map { letters[Int($0 & 31)] }
        return [code[0..<4], code[4..<8], code[8..<12]].map { String($0) }.joined(separator: "-")
    }

    /// A code as people type it: small letters, other dashes, O for 0.
    static func typedCode(_ text: String) -> String {
        let letters = text.uppercased().unicodeScalars.compactMap { scalar -> Character? in
            switch scalar {
            case "O": "0"
            case "I", "L": "1"
            case "0"..."9", "A"..."Z": Character(scalar)
            default: nil
            }
        }
        return [letters.prefix(4), letters.dropFirst(4).prefix(4), letters.dropFirst(8)].map { String($0) }.joined(separator: "-")
    }

    /// The stored form of a secret. A plain hash is enough: 256 random bits cannot be guessed.
    static func digest(_ secret: String) -> String { Hex.text(SHA256.hash(data: Data(secret.utf8))) }

    /// The CSRF token of a session: derived one way from the cookie's secret.
    static func csrf(of secret: String) -> String { digest("plenary csrf v1\n" + secret) }

    private static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
