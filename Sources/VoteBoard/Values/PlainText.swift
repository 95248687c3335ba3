import Foundation

/// What people may write into names, titles and notices, and how it is kept.
///
/// Kept text is NFC, trimmed, without invisible direction marks at its ends. Refused are control characters (they break
/// terminals, logs and CSV) and the embedding, override and isolate controls (they make one text look like another).
package enum PlainText {
    package enum Fault: Error, Hashable, Sendable {
        case empty
        /// Longer than the field's limit, in Unicode scalars.
        case tooLong(limit: Int)
        case control(code: UInt32)

        /// What is wrong and the remedy; the field's name goes before it.
        package var sentence: String {
            switch self {
            case .empty: "is empty; write something"
            case .tooLong(let limit): "is longer than \(limit) characters; shorten it"
            case .control(let code): "holds the control character U+\(Self.hex(code)); remove it"
            }
        }

        private static func hex(_ code: UInt32) -> String {
            let digits = String(code, radix: 16, uppercase: true)
            return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }

    /// The kept form of one line of text of 1 to `limit` scalars.
    package static func line(_ text: String, limit: Int) throws(Fault) -> String {
        let kept = try optionalLine(text, limit: limit)
        guard let kept else { throw .empty }
        return kept
    }

    /// As `line`, `nil` for empty text.
    package static func optionalLine(_ text: String, limit: Int) throws(Fault) -> String? {
        // Counted before anything costly is done with it.
        guard text.utf8.count <= limit * 8 + 64 else { throw .tooLong(limit: limit) }
        for scalar in text.unicodeScalars where isRefused(scalar) { throw .control(code: scalar.value) }
        let trimmed = text.unicodeScalars.drop(while: isEdge).reversed().drop(while: isEdge).reversed()
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: trimmed)
        let kept = String(scalars).precomposedStringWithCanonicalMapping
        guard kept.unicodeScalars.count <= limit else { throw .tooLong(limit: limit) }
        return kept.isEmpty ? nil : kept
    }

    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09: false  // a tab is white space, folded by `isEdge` at the ends
        case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0xFFF9...0xFFFB: true
        case 0xFDD0...0xFDEF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }

    /// White space, direction marks and a stray BOM, dropped at both ends.
    private static func isEdge(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || isMark(scalar)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B, 0x200E, 0x200F, 0x061C, 0xFEFF, 0x2060: true
        default: false
        }
    }

    /// A form in which two spellings of one name compare equal: no marks, one space, no case, one apostrophe, one hyphen.
    package static func folded(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        var space = false
        for scalar in text.precomposedStringWithCompatibilityMapping.lowercased().unicodeScalars where !isMark(scalar) {
            if scalar.properties.isWhitespace {
                space = true
                continue
            }
            if space, !scalars.isEmpty { scalars.append(" ") }
            space = false
            switch scalar {
            case "’", "ʼ", "`", "‘", "´": scalars.append("'")
            case "‐", "‑", "–", "—": scalars.append("-")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }
}

/// Bounds on what a council can hold; beyond them a command is refused with the number in the sentence.
package enum Limits {
    package static let seats = 1_000
    package static let deputies = 1_500
    package static let factions = 100
    package static let name = 200
    package static let title = 2_000
    package static let notice = 500
    package static let reason = 1_000
    package static let link = 2_000
    package static let linksPerItem = 50
    package static let items = 2_000
    package static let speakers = 500
    package static let rounds = 3_000
    /// Seconds: one day.
    package static let duration = 86_400
}
