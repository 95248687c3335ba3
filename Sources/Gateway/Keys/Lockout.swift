import Commons

/// Makes guessing slow: after some wrong secrets an address has to wait, each time longer. Pure: the clock is a parameter.
struct Lockout {
    /// Wrong secrets before the first wait.
    static let freeTries = 8
    /// Milliseconds after which an address without a further failure is forgotten.
    static let memory: Int64 = 15 * 60_000
    static let firstWait: Int64 = 15_000
    static let longestWait: Int64 = 15 * 60_000
    static let addressLimit = 10_000

    private struct Entry {
        var failures = 0
        var last: Int64 = 0
        var until: Int64 = 0
    }

    private var entries: [PeerKey: Entry] = [:]

    var count: Int { entries.count }

    /// Seconds until the address may try again; `nil` when it may now.
    func wait(_ peer: PeerKey?, at now: Int64) -> Int? {
        guard let peer, let entry = entries[peer], entry.until > now else { return nil }
        return Int((entry.until - now + 999) / 1000)
    }

    /// Records a wrong secret from the address.
    mutating func failed(_ peer: PeerKey?, at now: Int64) {
        guard let peer else { return }
        if entries[peer] == nil, entries.count >= Self.addressLimit { forget(at: now) }
        var entry = entries[peer] ?? Entry()
        if now - entry.last > Self.memory, entry.until <= now { entry = Entry() }
        entry.failures += 1
        entry.last = now
        if entry.failures >= Self.freeTries {
            let doublings = min(entry.failures - Self.freeTries, 8)
            entry.until = now + min(Self.longestWait, Self.firstWait << Int64(doublings))
        }
        entries[peer] = entry
    }

    /// Records a valid secret from the address.
    mutating func succeeded(_ peer: PeerKey?) {
        if let peer { entries[peer] = nil }
    }

    /// Drops the old ones, or, when all are young, those that failed least.
    private mutating func forget(at now: Int64) {
        entries = entries.filter { now - $0.value.last <= Self.memory || $0.value.until > now }
        guard entries.count >= Self.addressLimit else { return }
        let kept = entries.sorted { ($0.value.failures, $0.value.last) > ($1.value.failures, $1.value.last) }.prefix(Self.addressLimit / 2)
        entries = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
