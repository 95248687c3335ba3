import NIOHTTP1

/// Which of the fields that this door asks about a request has, found in one pass: most requests have few of them.
struct RequestFields: Equatable {
    struct Names: OptionSet {
        var rawValue: UInt16
        static let upgrade = Names(rawValue: 1)
        static let expect = Names(rawValue: 2)
        static let contentLength = Names(rawValue: 4)
        static let range = Names(rawValue: 8)
        static let ifRange = Names(rawValue: 16)
        static let ifNoneMatch = Names(rawValue: 32)
        static let acceptEncoding = Names(rawValue: 64)
    }

    private(set) var names: Names = []
    /// Values of `Host`: a list counts as many, nothing as none.
    private(set) var hosts = 0
    /// Of all names and values.
    private(set) var bytes = 0

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            let length = name.utf8.count
            bytes += length + value.utf8.count
            switch length {
            case 4: if name.isField("host") { hosts += Self.items(value) }
            case 5: if name.isField("range") { names.insert(.range) }
            case 6: if name.isField("expect") { names.insert(.expect) }
            case 7: if name.isField("upgrade") { names.insert(.upgrade) }
            case 8: if name.isField("if-range") { names.insert(.ifRange) }
            case 13: if name.isField("if-none-match") { names.insert(.ifNoneMatch) }
            case 14: if name.isField("content-length") { names.insert(.contentLength) }
            case 15: if name.isField("accept-encoding") { names.insert(.acceptEncoding) }
            default: break
            }
        }
    }

    private static func items(_ value: String) -> Int {
        var count = 0
        var isInside = false
        for byte in value.utf8 {
            let isComma = byte == UInt8(ascii: ",")
            if !isComma, !isInside { count += 1 }
            isInside = !isComma
        }
        return count
    }

    func has(_ name: Names) -> Bool { names.contains(name) }
}

extension StringProtocol {
    /// Whether this is `name`, upper case or lower; `name` is written in lower case.
    fileprivate func isField(_ name: StaticString) -> Bool {
        utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.count == name.utf8CodeUnitCount else { return false }
            for index in bytes.indices {
                let byte = bytes[index]
                let lower = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
                guard lower == name.utf8Start[index] else { return false }
            }
            return true
        } ?? (lowercased() == "\(name)")
    }
}

extension Substring {
    /// Whether its bytes begin with these; unlike `hasPrefix` it knows nothing of characters.
    func begins(with bytes: StaticString) -> Bool {
        var own = utf8.makeIterator()
        for index in 0..<bytes.utf8CodeUnitCount where own.next() != bytes.utf8Start[index] { return false }
        return true
    }
}
