import FoundationEssentials
import NIOCore

/// Builds frames.
enum WireWriter {
    static func header(_ kind: UInt8, payload: Int, reserving more: Int = 0) -> ByteBuffer {
        precondition(payload < WireFrame.maximumLength, "a frame of \(payload) bytes is longer than the pipe's limit")
        var out = ByteBufferAllocator().buffer(capacity: 5 + more)
        out.writeInteger(UInt32(payload + 1))
        out.writeInteger(kind)
        return out
    }

    static func frame(_ kind: UInt8, payload: ByteBuffer = ByteBuffer()) -> ByteBuffer {
        var out = header(kind, payload: payload.readableBytes, reserving: payload.readableBytes)
        out.writeImmutableBuffer(payload)
        return out
    }

    static func frame(_ kind: UInt8, json value: some Encodable) -> ByteBuffer {
        frame(kind, payload: json(value))
    }

    static func json(_ value: some Encodable) -> ByteBuffer {
        let encoder = JSONEncoder()
        // Numbers that JSON cannot express (infinity, NaN) must not end a worker.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do { return ByteBuffer(bytes: try encoder.encode(value)) } catch {
            preconditionFailure("a message of ours is not encodable: \(error)")
        }
    }
}

/// Reads a payload field by field; every fault names the message and the field.
struct WireReader {
    private var bytes: ByteBuffer
    private let message: String

    init(_ bytes: ByteBuffer, message: String) {
        self.bytes = bytes
        self.message = message
    }

    func fault(_ field: String) -> WireFault { .malformed(message: message, field: field) }

    mutating func integer<T: FixedWidthInteger>(_ field: String, in range: ClosedRange<T>) throws(WireFault) -> T {
        guard let value = bytes.readInteger(as: T.self), range.contains(value) else { throw fault(field) }
        return value
    }

    /// `count` bytes, sharing the payload's storage.
    mutating func slice(_ count: Int, _ field: String) throws(WireFault) -> ByteBuffer {
        guard count >= 0, let slice = bytes.readSlice(length: count) else { throw fault(field) }
        return slice
    }

    /// Bytes behind a `u32` length, in a storage of their own.
    mutating func blob(_ field: String) throws(WireFault) -> ByteBuffer {
        let count = try integer(field, in: UInt32(0)...UInt32(WireFrame.maximumLength))
        return ByteBuffer(bytes: try slice(Int(count), field).readableBytesView)
    }

    /// All that is left, sharing the payload's storage.
    mutating func rest() -> ByteBuffer {
        defer { bytes.moveReaderIndex(to: bytes.writerIndex) }
        return bytes.slice()
    }

    /// The rest of the payload as JSON.
    mutating func json<T: Decodable>(_ type: T.Type, _ field: String) throws(WireFault) -> T {
        try decode(type, from: rest(), field)
    }

    /// JSON behind a `u32` length.
    mutating func sizedJSON<T: Decodable>(_ type: T.Type, _ field: String) throws(WireFault) -> T {
        try decode(type, from: blob(field), field)
    }

    private func decode<T: Decodable>(_ type: T.Type, from json: ByteBuffer, _ field: String) throws(WireFault) -> T {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do { return try decoder.decode(type, from: Data(json.readableBytesView)) } catch { throw fault(field) }
    }

    func end() throws(WireFault) {
        guard bytes.readableBytes == 0 else { throw fault("length: \(bytes.readableBytes) bytes are left over") }
    }
}

extension ByteBuffer {
    /// A `u32` length and the bytes.
    fileprivate mutating func writeBlob(_ bytes: ByteBuffer) {
        writeInteger(UInt32(bytes.readableBytes))
        writeImmutableBuffer(bytes)
    }
}

/// Bounds of the values in a worker's reports, so that no sum in the daemon can overflow.
enum WireLimit {
    static let renditions = 16
    static let slateFrames = 1024
    /// 90 kHz ticks: about 390 years.
    static let time = Int64(1) << 50
    /// 90 kHz ticks: one minute.
    static let partTarget: Int64 = 90_000 * 60
    /// UTC microseconds: the year 2255.
    static let date = Int64(1) << 53
    static let timescale = 1 << 30
    /// Bytes of one frame: a keyframe of 25 Mbit/s at a frame a second.
    static let frame = 4 << 20
}

/// A rendition's description, without its bytes.
private struct RenditionFields: Codable {
    var codecs: String
    var width: Int
    var height: Int
    var frameRateMilli: Int
    var language: String
    var timescales: [Int]
}

extension RenditionInitialization {
    var payload: ByteBuffer {
        var out = ByteBuffer()
        write(to: &out)
        return out
    }

    fileprivate func write(to out: inout ByteBuffer) {
        let fields = RenditionFields(
            codecs: codecs, width: width, height: height, frameRateMilli: frameRateMilli, language: language, timescales: timescales)
        out.writeBlob(WireWriter.json(fields))
        out.writeBlob(bytes)
    }

    init(reading reader: inout WireReader) throws(WireFault) {
        let fields = try reader.sizedJSON(RenditionFields.self, "rendition")
        guard (0...65_535).contains(fields.width), (0...65_535).contains(fields.height) else { throw reader.fault("picture size") }
        guard (0...1_000_000).contains(fields.frameRateMilli) else { throw reader.fault("frame rate") }
        guard fields.timescales.count <= 16, fields.timescales.allSatisfy({ (1...WireLimit.timescale).contains($0) }) else {
            throw reader.fault("timescale")
        }
        // These two are printed into playlists: one line, no quote can get in (RFC 8216bis §4.2).
        guard fields.codecs.isPlaylistText, fields.language.isPlaylistText else { throw reader.fault("codecs or language") }
        self.init(
            codecs: fields.codecs, width: fields.width, height: fields.height, frameRateMilli: fields.frameRateMilli,
            language: fields.language, timescales: fields.timescales, bytes: try reader.blob("initialization bytes"))
    }
}

extension String {
    /// Printable ASCII without quotes, at most 200 bytes.
    fileprivate var isPlaylistText: Bool { utf8.count <= 200 && utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 } }
}

extension StreamInitialization {
    var payload: ByteBuffer {
        var out = ByteBuffer()
        out.writeInteger(UInt8(renditions.count))
        for rendition in renditions { rendition.write(to: &out) }
        return out
    }

    init(reading reader: inout WireReader) throws(WireFault) {
        let count = try reader.integer("number of renditions", in: UInt8(1)...UInt8(WireLimit.renditions))
        var renditions: [RenditionInitialization] = []
        for _ in 0..<count { renditions.append(try RenditionInitialization(reading: &reader)) }
        self.init(renditions: renditions)
    }
}

extension SlateCard {
    var payload: ByteBuffer {
        var out = ByteBuffer()
        initialization.write(to: &out)
        out.writeInteger(UInt32(audioSampleRate))
        out.writeBlob(silence)
        out.writeInteger(UInt16(frames.count))
        for frame in frames { out.writeBlob(frame) }
        out.writeBlob(still)
        return out
    }

    init(reading reader: inout WireReader) throws(WireFault) {
        let initialization = try RenditionInitialization(reading: &reader)
        let sampleRate = try reader.integer("audio sample rate", in: UInt32(0)...384_000)
        let silence = try reader.blob("silence")
        let count = try reader.integer("number of frames", in: UInt16(1)...UInt16(WireLimit.slateFrames))
        var frames: [ByteBuffer] = []
        for _ in 0..<count { frames.append(try reader.blob("frame")) }
        let still = try reader.blob("still")
        guard still.readableBytes <= Poster.sizeLimit, still.isJPEG else { throw reader.fault("still") }
        self.init(initialization: initialization, frames: frames, silence: silence, audioSampleRate: Int(sampleRate), still: still)
    }
}

extension Poster {
    func encoded(kind: UInt8) -> [ByteBuffer] {
        var out = WireWriter.header(kind, payload: 8 + jpeg.readableBytes, reserving: 8)
        out.writeInteger(takenAt)
        return [out, jpeg]
    }

    init(reading reader: inout WireReader) throws(WireFault) {
        let takenAt = try reader.integer("time", in: 0...WireLimit.date)
        let jpeg = reader.rest()
        guard jpeg.readableBytes <= Self.sizeLimit, jpeg.isJPEG else { throw reader.fault("picture") }
        self.init(takenAt: takenAt, jpeg: jpeg)
    }
}

extension ByteBuffer {
    /// From SOI to EOI (ITU-T T.81 §B.1.1.3): these bytes are served to browsers under that name.
    fileprivate var isJPEG: Bool {
        readableBytes >= 6 && readableBytesView.starts(with: [0xFF, 0xD8, 0xFF]) && readableBytesView.suffix(2).elementsEqual([0xFF, 0xD9])
    }
}

extension RelayedPart {
    private static let startsSegmentFlag: UInt8 = 1
    private static let independentFlag: UInt8 = 2
    private static let discontinuityFlag: UInt8 = 4
    private static let endsSegmentFlag: UInt8 = 8

    /// Flags, four times, the fragments' lengths, then the fragments one after the other.
    func encoded(kind: UInt8) -> [ByteBuffer] {
        let fields = 1 + 4 * 8 + 1 + 4 * fragments.count
        let media = fragments.reduce(0) { $0 + $1.readableBytes }
        var out = WireWriter.header(kind, payload: fields + media, reserving: fields)
        out.writeInteger(
            (startsSegment ? Self.startsSegmentFlag : 0) | (independent ? Self.independentFlag : 0)
                | (discontinuity ? Self.discontinuityFlag : 0) | (endsSegment ? Self.endsSegmentFlag : 0))
        for time in [decodeTime, duration, partTarget, programDateTime] { out.writeInteger(time) }
        out.writeInteger(UInt8(fragments.count))
        for fragment in fragments { out.writeInteger(UInt32(fragment.readableBytes)) }
        return [out] + fragments.filter { $0.readableBytes > 0 }
    }

    /// The first fragment keeps the payload's storage (no copy); the others, audio alone, get their own, so that each can be
    /// moved in time without copying the picture.
    init(reading reader: inout WireReader) throws(WireFault) {
        let flags = try reader.integer("flags", in: UInt8(0)...15)
        let decodeTime = try reader.integer("decode time", in: 0...WireLimit.time)
        let duration = try reader.integer("duration", in: 1...WireLimit.partTarget)
        let partTarget = try reader.integer("part target", in: duration...WireLimit.partTarget)
        let date = try reader.integer("date", in: 0...WireLimit.date)
        let count = try reader.integer("number of fragments", in: UInt8(1)...UInt8(WireLimit.renditions))
        var lengths: [Int] = []
        for _ in 0..<count { lengths.append(Int(try reader.integer("fragment length", in: UInt32.min...UInt32.max))) }
        var fragments: [ByteBuffer] = []
        for length in lengths {
            let slice = try reader.slice(length, "fragment")
            fragments.append(fragments.isEmpty ? slice : ByteBuffer(bytes: slice.readableBytesView))
        }
        self.init(
            startsSegment: flags & Self.startsSegmentFlag != 0, endsSegment: flags & Self.endsSegmentFlag != 0,
            independent: flags & Self.independentFlag != 0,
            discontinuity: flags & Self.discontinuityFlag != 0, decodeTime: decodeTime, duration: duration, partTarget: partTarget,
            programDateTime: date, fragments: fragments)
    }
}

extension RelayedFrame {
    private static let keyframeFlag: UInt8 = 1
    private static let startsAnewFlag: UInt8 = 2

    /// Flags, two times, the fragment's length, then the fragment.
    func encoded(kind: UInt8) -> [ByteBuffer] {
        let fields = 1 + 2 * 8 + 4
        var out = WireWriter.header(kind, payload: fields + fragment.readableBytes, reserving: fields)
        out.writeInteger((isKeyframe ? Self.keyframeFlag : 0) | (startsAnew ? Self.startsAnewFlag : 0))
        out.writeInteger(decodeTime)
        out.writeInteger(duration)
        out.writeInteger(UInt32(fragment.readableBytes))
        return [out, fragment]
    }

    init(reading reader: inout WireReader) throws(WireFault) {
        let flags = try reader.integer("flags", in: UInt8(0)...3)
        let decodeTime = try reader.integer("decode time", in: 0...WireLimit.time)
        let duration = try reader.integer("duration", in: 1...WireLimit.partTarget)
        let count = try reader.integer("frame length", in: UInt32(1)...UInt32(WireLimit.frame))
        let fragment = try reader.slice(Int(count), "frame")
        self.init(
            isKeyframe: flags & Self.keyframeFlag != 0, startsAnew: flags & Self.startsAnewFlag != 0, decodeTime: decodeTime,
            duration: duration, fragment: fragment)
    }
}
