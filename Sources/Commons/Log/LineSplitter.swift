/// Cuts a stream of bytes into lines. Empty lines are left out; bytes that are not UTF-8 are replaced.
package struct LineSplitter: Sendable {
    private var line: [UInt8] = []
    private let longest: Int

    /// - Parameter longest: bytes at which a line without an end is cut.
    package init(longest: Int = .max) { self.longest = longest }

    package mutating func append(_ bytes: UnsafeRawBufferPointer, _ take: (String) -> Void) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let room = rest.prefix(longest - line.count)
            let end = room.firstIndex(of: UInt8(ascii: "\n"))
            line.append(contentsOf: end.map { room[..<$0] } ?? room)
            rest = rest[(end.map { $0 + 1 } ?? room.endIndex)...]
            if end != nil || line.count >= longest { finish(take) }
        }
    }

    /// The last line, when the stream ended without a line feed.
    package mutating func finish(_ take: (String) -> Void) {
        guard !line.isEmpty else { return }
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        take(text)
    }
}
