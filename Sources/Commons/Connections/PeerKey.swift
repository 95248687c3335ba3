/// Whom a limit of connections counts as one: an IPv4 address, or the /64 of an IPv6 address, which is what one household or one attacker has.
package struct PeerKey: Hashable, Sendable {
    private let high: UInt64
    private let isV4: Bool
    package let isLoopback: Bool

    package init(v4 bits: UInt32) { self.init(high: UInt64(bits), isV4: true, isLoopback: bits >> 24 == 127) }

    private init(high: UInt64, isV4: Bool, isLoopback: Bool) {
        self.high = high
        self.isV4 = isV4
        self.isLoopback = isLoopback
    }

    /// - Parameter bytes: an address in network order, 4 bytes or 16; `::ffff:a.b.c.d` is IPv4. `nil`: neither.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 4: self.init(v4: Self.bits(bytes[...]))
        case 16 where bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF: self.init(v4: Self.bits(bytes[12...]))
        case 16:
            self.init(
                high: bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }, isV4: false,
                isLoopback: bytes[0..<15].allSatisfy { $0 == 0 } && bytes[15] == 1)
        default: return nil
        }
    }

    private static func bits(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
