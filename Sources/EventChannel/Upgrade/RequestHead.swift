/// The header of an HTTP/1.1 request, read strictly (RFC 9112): what is not well formed is refused, not guessed.
struct RequestHead: Equatable {
    struct Fault: Error, Equatable {
        var status: Int
        var sentence: String
    }

    var method: String
    var target: String
    private var fields: [(name: String, value: String)]

    static func == (one: RequestHead, other: RequestHead) -> Bool {
        one.method == other.method && one.target == other.target && one.fields.elementsEqual(other.fields) { $0 == $1 }
    }

    /// The end of the header in `bytes`, after its empty line; `nil` while it is incomplete. The first `from` bytes are known to be incomplete.
    static func end(in bytes: [UInt8], from: Int = 0) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (max(3, from)..<bytes.count).first { bytes[$0] == 10 && bytes[$0 - 1] == 13 && bytes[$0 - 2] == 10 && bytes[$0 - 3] == 13 }
            .map { $0 + 1 }
    }

    /// `bytes` are the header with its empty line.
    init(_ bytes: some BidirectionalCollection<UInt8>) throws(Fault) {
        let malformed = Fault(status: 400, sentence: "This is not a well-formed HTTP request.")
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 13 || $0 == 10 || $0 == 9 || $0 >= 0x80 }) else { throw malformed }
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        guard lines.count >= 3, lines.removeLast().isEmpty, lines.allSatisfy({ $0.last == 13 && $0.dropLast().allSatisfy { $0 != 13 } })
        else { throw malformed }
        let parts = lines[0].dropLast().split(separator: 32, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty, parts[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw malformed
        }
        guard parts[2].hasPrefix("HTTP/") else { throw malformed }
        guard parts[2] == "HTTP/1.1" else { throw Fault(status: 505, sentence: "This port speaks HTTP/1.1 only.") }
        (method, target, fields) = (parts[0], parts[1], [])
        for line in lines[1...].dropLast() {
            let line = line.dropLast()
            guard let colon = line.firstIndex(of: 58), colon > line.startIndex, line[..<colon].allSatisfy(Self.isToken) else {
                throw malformed
            }
            let value = line[line.index(after: colon)...].drop { $0 == 32 || $0 == 9 }
            let trimmed = value.reversed().drop { $0 == 32 || $0 == 9 }.reversed()
            fields.append((String(decoding: line[..<colon], as: UTF8.self).lowercased(), String(decoding: trimmed, as: UTF8.self)))
        }
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The members of a list field (RFC 9110 §5.6.1), all its lines together.
    func members(_ name: String) -> [Substring] {
        values(name).flatMap { $0.split(separator: ",") }.map { member in
            var member = member.drop { $0 == " " || $0 == "\t" }
            while let last = member.last, last == " " || last == "\t" { member.removeLast() }
            return member
        }
    }

    func lists(_ name: String, _ member: String) -> Bool { members(name).contains { $0.lowercased() == member } }
}
