import Commons
import Testing

@Suite struct `Whom a limit counts as one` {
    private func key(_ bytes: [UInt8]) -> PeerKey? { bytes.withUnsafeBytes { PeerKey($0) } }
    private func v6(_ head: [UInt8], _ tail: [UInt8]) -> PeerKey? {
        key(head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail)
    }

    @Test func `an IPv4 address, in whatever form it comes`() {
        let address = PeerKey(v4: 0xC000_0207)
        #expect(key([192, 0, 2, 7]) == address)
        #expect(v6([], [0xFF, 0xFF, 192, 0, 2, 7]) == address)
        #expect(key([192, 0, 2, 8]) != address)
    }

    @Test func `the 64 first bits of an IPv6 address`() {
        let household = v6([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 1], [1])
        #expect(household == v6([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 1], [0xFF, 0xFF]))
        #expect(household != v6([0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 2], [1]))
    }

    @Test func `this machine is known by both families`() {
        #expect(key([127, 0, 0, 9])?.isLoopback == true)
        #expect(v6([], [1])?.isLoopback == true)
        #expect(v6([], [0xFF, 0xFF, 127, 0, 0, 1])?.isLoopback == true)
        #expect(v6([], [2])?.isLoopback == false && key([128, 0, 0, 1])?.isLoopback == false)
    }

    @Test func `what is no address is nobody`() { #expect(key([]) == nil && key([1, 2, 3]) == nil) }
}

@Suite struct `A census of connections` {
    private let here = PeerKey(v4: 0xC000_0207)
    private let loopback = PeerKey(v4: 0x7F00_0001)

    @Test func `it refuses past the limit of one peer, and takes those who come after others left`() {
        let census = PeerCensus(limit: 10, limitPerPeer: 2, countsLoopback: false)
        #expect((0..<3).map { _ in census.admit(here) } == [.admitted, .admitted, .tooManyFromThere])
        #expect(census.admit(PeerKey(v4: 1)) == .admitted)
        census.leave(here)
        #expect(census.admit(here) == .admitted)
        #expect(census.figures == (3, 4, 1))
    }

    @Test func `it refuses past the limit in all, but for who has a reserve`() {
        let census = PeerCensus(limit: 2, limitPerPeer: 2, countsLoopback: false)
        #expect((0..<3).map { _ in census.admit(nil) } == [.admitted, .admitted, .tooMany])
        #expect((0..<2).map { _ in census.admit(nil, reserve: 1) } == [.admitted, .tooMany])
    }

    @Test func `this machine is counted per peer only when that is wanted`() {
        let exempt = PeerCensus(limit: 10, limitPerPeer: 1, countsLoopback: false)
        #expect((0..<2).map { _ in exempt.admit(loopback) } == [.admitted, .admitted])
        exempt.leave(loopback)
        #expect(exempt.figures.open == 1)
        let counted = PeerCensus(limit: 10, limitPerPeer: 1, countsLoopback: true)
        #expect((0..<2).map { _ in counted.admit(loopback) } == [.admitted, .tooManyFromThere])
    }
}
