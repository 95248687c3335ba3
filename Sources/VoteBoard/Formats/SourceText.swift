import Commons

/// The characters of a file that people made with whatever they had.
enum SourceText {
    /// UTF-8 with or without a BOM, or UTF-16 with one (“Unicode text” of a spreadsheet).
    static func decode(_ bytes: [UInt8]) throws(ImportFaults) -> String {
        guard bytes.count <= ImportedFile.largestBytes else {
            throw fault("the file has \(bytes.count) bytes; at most \(ImportedFile.largestBytes) are read")
        }
        if bytes.starts(with: [0xFF, 0xFE]) { return try wide(bytes.dropFirst(2), lowFirst: true) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try wide(bytes.dropFirst(2), lowFirst: false) }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let text = String(validating: body, as: UTF8.self) else {
            let good = validPrefix(of: body)
            throw fault(
                "the text is not UTF-8; save the file as “CSV UTF-8” (an older encoding, such as Windows-1251, cannot be told for sure)",
                line: good.count { $0 == UInt8(ascii: "\n") } + 1)
        }
        return text
    }

    private static func wide(_ bytes: ArraySlice<UInt8>, lowFirst: Bool) throws(ImportFaults) -> String {
        let octets = Array(bytes)
        let units = stride(from: 0, to: octets.count - 1, by: 2).map { index in
            lowFirst ? UInt16(octets[index]) | UInt16(octets[index + 1]) << 8 : UInt16(octets[index]) << 8 | UInt16(octets[index + 1])
        }
        guard octets.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self) else {
            throw fault("the text is not UTF-16, though it begins so; save the file as UTF-8")
        }
        return text
    }

    private static func validPrefix(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var low = bytes.startIndex
        var high = bytes.endIndex
        // The longest prefix that is valid up to an incomplete last character.
        while high - low > 4 {
            let middle = (low + high) / 2
            let repaired = String(decoding: bytes[bytes.startIndex..<middle], as: UTF8.self)
            if repaired.dropLast().contains("\u{FFFD}") { high = middle } else { low = middle }
        }
        return bytes[bytes.startIndex..<low]
    }

    private static func fault(_ problem: String, line: Int = 1) -> ImportFaults {
        ImportFaults([ImportFault(line: line, column: 1, problem: problem)])
    }
}
