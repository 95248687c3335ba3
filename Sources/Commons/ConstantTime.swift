/// Comparison of secrets.
package enum ConstantTime {
    /// Compares every byte, so that the time it takes says nothing about where two secrets of the same length differ.
    package static func areEqual(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8), right = Array(right.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
