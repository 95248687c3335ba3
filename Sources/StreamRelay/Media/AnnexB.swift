import Glibc
import NIOCore

/// H.264 and HEVC byte streams (ITU-T H.264 Annex B, H.265 Annex B): start codes found, units sorted, lengths written.
package enum AnnexB {
    /// Whether the bytes begin with a start code.
    package static func hasStartCode(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else { return false }
        return bytes[2] == 1 || (bytes[2] == 0 && bytes[3] == 1)
    }

    /// The ranges of the NAL units, start codes and trailing zeros left out. Empty units are skipped.
    package static func units(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var units: [Range<Int>] = []
        let count = bytes.count
        guard count >= 3, let base = bytes.baseAddress else { return [] }
        var begin = -1
        // The 1 of a start code: memchr looks at 32 bytes at a time.
        var index = 2
        while index < count, let found = memchr(base + index, 1, count - index) {
            let one = UnsafeRawPointer(found) - base
            guard bytes[one - 1] == 0, bytes[one - 2] == 0 else {
                index = one + 1
                continue
            }
            close(&units, from: begin, to: one - 2, in: bytes)
            begin = one + 1
            index = one + 3
        }
        close(&units, from: begin, to: count, in: bytes)
        return units
    }

    private static func close(_ units: inout [Range<Int>], from begin: Int, to end: Int, in bytes: UnsafeRawBufferPointer) {
        guard begin >= 0 else { return }
        var end = end
        while end > begin, bytes[end - 1] == 0 { end -= 1 }
        if end > begin { units.append(begin..<end) }
    }

    /// Whether the lengths lead exactly to the end. A unit of 256 to 511 bytes has a length that looks like a start code, so this is
    /// checked first where a camera has announced lengths.
    package static func isLengthPrefixed(_ bytes: UnsafeRawBufferPointer, lengthSize: Int) -> Bool {
        lengthPrefixedUnits(in: bytes, lengthSize: lengthSize).last?.upperBound == bytes.count
    }

    /// The units of a length-prefixed access unit (ISO/IEC 14496-15). Damaged lengths end the list early.
    package static func lengthPrefixedUnits(in bytes: UnsafeRawBufferPointer, lengthSize: Int) -> [Range<Int>] {
        var units: [Range<Int>] = []
        var index = 0
        while index + lengthSize <= bytes.count {
            var length = 0
            for offset in 0..<lengthSize { length = length << 8 | Int(bytes[index + offset]) }
            index += lengthSize
            guard length > 0, length <= bytes.count - index else { break }
            units.append(index..<index + length)
            index += length
        }
        return units
    }
}

/// The two video codecs that are relayed, as far as their NAL units need telling apart.
package enum VideoCodec: String, Sendable {
    case h264, hevc

    package enum UnitKind: Sendable { case parameterSet, keyframe, delimiter, other }

    /// What a unit is, from its header (H.264 table 7-1, H.265 table 7-1).
    package func kind(ofHeader byte: UInt8) -> UnitKind {
        switch self {
        case .h264:
            switch byte & 0x1F {
            case 5: .keyframe
            case 7, 8: .parameterSet
            case 9, 10, 11, 12: .delimiter
            default: .other
            }
        case .hevc:
            switch byte >> 1 & 0x3F {
            case 16...21: .keyframe
            case 32...34: .parameterSet
            case 35...38: .delimiter
            default: .other
            }
        }
    }
}

/// An access unit in the form that fragments need: every unit behind a 4-byte length, without delimiters, filler and end-of-stream marks.
package struct AccessUnit {
    package var payload: ByteBuffer
    /// SPS, PPS (and VPS), Annex B, in the order they came; empty when the unit carries none.
    package var parameterSets: [UInt8]
    package var holdsKeyframe: Bool

    /// - Parameter units: ranges of the NAL units in `bytes`.
    package init(codec: VideoCodec, bytes: UnsafeRawBufferPointer, units: [Range<Int>]) {
        payload = ByteBufferAllocator().buffer(capacity: bytes.count + 4 * units.count)
        parameterSets = []
        holdsKeyframe = false
        for unit in units {
            let kind = codec.kind(ofHeader: bytes[unit.lowerBound])
            switch kind {
            case .delimiter: continue
            case .parameterSet:
                parameterSets += [0, 0, 0, 1]
                parameterSets.append(contentsOf: bytes[unit])
            case .keyframe: holdsKeyframe = true
            case .other: break
            }
            payload.writeInteger(UInt32(unit.count))
            payload.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[unit]))
        }
    }
}
