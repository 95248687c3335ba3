import Commons

/// The last deltas, for clients that come back. Bounded in number and bytes; the oldest go first.
package struct DeltaRing: Sendable {
    private var deltas: [EncodedMessage] = []
    private var size = 0
    private let count: Int
    private let bytes: Int

    package init(count: Int = 512, bytes: Int = 1 << 20) {
        self.count = count
        self.bytes = bytes
    }

    package mutating func append(_ delta: EncodedMessage) {
        deltas.append(delta)
        size += delta.bytes.count
        var drop = 0
        while deltas.count - drop > count || (size > bytes && drop < deltas.count) {
            size -= deltas[drop].bytes.count
            drop += 1
        }
        if drop > 0 { deltas.removeFirst(drop) }
    }

    /// The deltas after `sequence` without a gap; `nil` when only a snapshot helps. Empty when nothing is newer than `current`.
    package func since(_ sequence: Int64, current: Int64) -> [EncodedMessage]? {
        if sequence == current { return [] }
        guard let start = deltas.firstIndex(where: { $0.after == sequence }) else { return nil }
        return Array(deltas[start...])
    }
}
