import Commons
import Crypto
import Foundation

/// What the daemon vouches for: so many events, ending in this leaf, with this root over all of them.
package struct SignedHead: Codable, Hashable, Sendable {
    /// The log's own id; two councils' heads cannot be exchanged.
    package var log: String
    package var sequence: Int64
    package var at: UTCMilliseconds
    /// The last leaf, which holds all before it through the chain.
    package var leaf: String
    /// The Merkle root over all leaves.
    package var root: String
    /// Ed25519 public key.
    package var key: String
    package var signature: String

    enum CodingKeys: String, CodingKey {
        case log
        case sequence = "seq"
        case at, leaf, root, key, signature
    }

    /// The signed words: one line each, so that no JSON writer can change them.
    var statement: [UInt8] {
        Array("plenary head v1\nlog \(log)\nseq \(sequence)\nat \(at.value)\nleaf \(leaf)\nroot \(root)\nkey \(key)\n".utf8)
    }

    /// Whether the key that the head names has signed it.
    package var isSigned: Bool {
        guard let key = Hex.bytes(key), let signature = Hex.bytes(signature),
            let verifier = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
        else { return false }
        return verifier.isValidSignature(signature, for: statement)
    }

    package func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}

/// The daemon's key. One per installation; its public half is printed so that it can be published elsewhere.
package struct LogSigner: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    package init() { key = Curve25519.Signing.PrivateKey() }

    /// From 32 bytes, as kept in a file that only the daemon can read.
    package init(rawKey: [UInt8]) throws { key = try Curve25519.Signing.PrivateKey(rawRepresentation: rawKey) }

    package var rawKey: [UInt8] { Array(key.rawRepresentation) }
    package var publicKey: String { Hex.text(key.publicKey.rawRepresentation) }

    func sign(log: String, sequence: Int64, at: UTCMilliseconds, leaf: Leaf, root: [UInt8]) throws -> SignedHead {
        var head = SignedHead(
            log: log, sequence: sequence, at: at, leaf: leaf.hex, root: Hex.text(root), key: publicKey, signature: "")
        head.signature = Hex.text(try key.signature(for: head.statement))
        return head
    }
}
