import NIOCore

/// Reads a fragment back, box by box, as far as the tests ask.
struct FragmentReader {
    struct Track: Equatable {
        var id: UInt32 = 0
        var decodeTime: Int64 = 0
        var durations: [UInt32] = []
        var sizes: [UInt32] = []
        var offsets: [Int32] = []
        var syncs: [Bool] = []
        var duration: Int64 { durations.reduce(0) { $0 + Int64($1) } }
    }

    var sequence: UInt32 = 0
    var tracks: [Track] = []
    var mediaBytes = 0

    init(_ buffer: ByteBuffer) {
        var buffer = buffer
        while let (type, body) = Self.box(&buffer) {
            var body = body
            if type == "moof" { readMoof(&body) }
            if type == "mdat" { mediaBytes = body.readableBytes }
        }
    }

    private static func box(_ buffer: inout ByteBuffer) -> (String, ByteBuffer)? {
        guard let size = buffer.readInteger(as: UInt32.self), let type = buffer.readString(length: 4),
            let body = buffer.readSlice(length: Int(size) - 8)
        else { return nil }
        return (type, body)
    }

    private mutating func readMoof(_ buffer: inout ByteBuffer) {
        while let (type, body) = Self.box(&buffer) {
            var body = body
            if type == "mfhd" { sequence = body.getInteger(at: body.readerIndex + 4) ?? 0 }
            if type == "traf" { readTraf(&body) }
        }
    }

    private mutating func readTraf(_ buffer: inout ByteBuffer) {
        var track = Track()
        while let (type, body) = Self.box(&buffer) {
            var body = body
            switch type {
            case "tfhd": track.id = body.getInteger(at: body.readerIndex + 4) ?? 0
            case "tfdt": track.decodeTime = body.getInteger(at: body.readerIndex + 4) ?? 0
            default:
                body.moveReaderIndex(forwardBy: 4)
                let count = body.readInteger(as: UInt32.self) ?? 0
                body.moveReaderIndex(forwardBy: 4)
                for _ in 0..<count {
                    track.durations.append(body.readInteger() ?? 0)
                    track.sizes.append(body.readInteger() ?? 0)
                    track.syncs.append((body.readInteger(as: UInt32.self) ?? 0) & 0x1_0000 == 0)
                    track.offsets.append(body.readInteger() ?? 0)
                }
            }
        }
        tracks.append(track)
    }
}
