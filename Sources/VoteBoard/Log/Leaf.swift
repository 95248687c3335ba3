import Commons
import Crypto

/// SHA-256 of 0x00 and a body, as RFC 9162 §2.1.1 hashes a leaf.
package struct Leaf: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(of body: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(data: [0x00])
        hash.update(data: Array(body))
        bytes = Array(hash.finalize())
    }

    /// `nil` unless 32 bytes.
    init?(_ bytes: [UInt8]?) {
        guard let bytes, bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// What the first event holds as its previous leaf.
    package static let none = Leaf(zeroes: ())
    private init(zeroes: Void) { bytes = Array(repeating: 0, count: 32) }

    package var hex: String { Hex.text(bytes) }
    init?(hex: String) { self.init(Hex.bytes(hex)) }
}

/// The Merkle tree over all leaves so far (RFC 9162 §2.1.1), kept as the roots of its perfect subtrees.
package struct MerkleFrontier: Hashable, Sendable {
    /// Largest subtree first; their sizes are the set bits of `count`.
    private var roots: [[UInt8]] = []
    package private(set) var count: Int64 = 0

    package init() {}

    package mutating func append(_ leaf: Leaf) {
        var node = leaf.bytes
        var size = count
        while size & 1 == 1, let left = roots.popLast() {
            node = Self.parent(left, node)
            size >>= 1
        }
        roots.append(node)
        count += 1
    }

    /// 32 bytes; of an empty tree the hash of nothing.
    package var root: [UInt8] {
        guard var node = roots.last else { return Array(SHA256.hash(data: [UInt8]())) }
        for left in roots.dropLast().reversed() { node = Self.parent(left, node) }
        return node
    }

    private static func parent(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: [0x01])
        hash.update(data: left)
        hash.update(data: right)
        return Array(hash.finalize())
    }
}
