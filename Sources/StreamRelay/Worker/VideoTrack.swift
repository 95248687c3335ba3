internal import CFFmpeg
import NIOCore

/// The video track: access units in the form that fragments need, and detection of parameters that change mid-stream.
final class VideoTrack {
    let codec: VideoCodec
    private(set) var parameters: CodecParameters
    /// 0: Annex B; else bytes of the length before each unit.
    private var lengthSize = 0
    private var sequenceSets: [[UInt8]] = []

    struct Unit {
        var payload: ByteBuffer
        var isKeyframe: Bool
        /// The parameters changed with this unit: `VideoTrack.parameters` are the new ones.
        var changesParameters: Bool
    }

    init(codec: VideoCodec, parameters: CodecParameters) {
        self.codec = codec
        self.parameters = parameters
        noteExtradata()
    }

    private func noteExtradata() {
        let extradata = parameters.extradata
        lengthSize = 0
        guard extradata.count > 22 || (codec == .h264 && extradata.count > 6), extradata[0] == 1 else {
            sequenceSets = Self.sequenceSets(of: codec, in: extradata)
            return
        }
        lengthSize = Int(extradata[codec == .h264 ? 4 : 21] & 3) + 1
    }

    func unit(from packet: borrowing Packet) throws -> Unit {
        var changes = takeSideExtradata(packet)
        let bytes = packet.bytes
        let flagged = packet.pointer.pointee.flags & AV_PKT_FLAG_KEY != 0
        let isPrefixed = lengthSize > 0 && (AnnexB.isLengthPrefixed(bytes, lengthSize: lengthSize) || !AnnexB.hasStartCode(bytes))
        if lengthSize == 4, isPrefixed {
            return Unit(payload: ByteBuffer(bytes: bytes), isKeyframe: flagged, changesParameters: changes)
        }
        let units = isPrefixed ? AnnexB.lengthPrefixedUnits(in: bytes, lengthSize: lengthSize) : AnnexB.units(in: bytes)
        let unit = AccessUnit(codec: codec, bytes: bytes, units: units)
        let isKeyframe = flagged || unit.holdsKeyframe
        if isKeyframe, !unit.parameterSets.isEmpty, lengthSize == 0 {
            let found = unit.parameterSets.withUnsafeBytes { Self.sequenceSets(of: codec, in: $0) }
            if !found.isEmpty, found != sequenceSets {
                changes = !sequenceSets.isEmpty
                try take(extradata: unit.parameterSets, packet: packet)
            }
        }
        return Unit(payload: unit.payload, isKeyframe: isKeyframe, changesParameters: changes)
    }

    /// FLV and MP4 carry new parameters in the packet's side data.
    private func takeSideExtradata(_ packet: borrowing Packet) -> Bool {
        var size = 0
        guard let data = av_packet_get_side_data(packet.pointer, AV_PKT_DATA_NEW_EXTRADATA, &size), size > 0 else { return false }
        let bytes = UnsafeRawBufferPointer(start: data, count: size)
        guard !parameters.extradata.elementsEqual(bytes) else { return false }
        try? take(extradata: Array(bytes), packet: packet)
        return true
    }

    private func take(extradata: [UInt8], packet: borrowing Packet) throws {
        let changed = CodecParameters(copying: parameters.pointer)
        changed.setExtradata(extradata)
        if let size = PictureSize.read(changed, packet: packet) {
            guard size.width <= InputProbe.pictureLimit, size.height <= InputProbe.pictureLimit else {
                throw RelayFailure(
                    kind: .forbidden,
                    message:
                        "the camera changed to a picture of \(size.width)×\(size.height); at most \(InputProbe.pictureLimit)×\(InputProbe.pictureLimit) is relayed"
                )
            }
            changed.pointer.pointee.width = size.width
            changed.pointer.pointee.height = size.height
        }
        parameters = changed
        noteExtradata()
    }

    /// The sets that decide what a decoder must be: SPS, and VPS of HEVC. PPS come and go within a sequence.
    private static func sequenceSets(of codec: VideoCodec, in bytes: UnsafeRawBufferPointer) -> [[UInt8]] {
        var sets: [[UInt8]] = []
        for range in AnnexB.units(in: bytes) {
            let header = bytes[range.lowerBound]
            let decides = codec == .h264 ? header & 0x1F == 7 : (32...33).contains(header >> 1 & 0x3F)
            guard decides else { continue }
            let set = Array(bytes[range])
            if !sets.contains(set) { sets.append(set) }
        }
        return sets
    }
}

/// Width and height out of parameter sets, by libavcodec's parser.
private enum PictureSize {
    static func read(_ parameters: CodecParameters, packet: borrowing Packet) -> (width: Int32, height: Int32)? {
        guard let parser = av_parser_init(Int32(parameters.pointer.pointee.codec_id.rawValue)) else { return nil }
        defer { av_parser_close(parser) }
        var context = avcodec_alloc_context3(nil)
        defer { avcodec_free_context(&context) }
        guard avcodec_parameters_to_context(context, parameters.pointer) >= 0 else { return nil }
        parser.pointee.flags |= PARSER_FLAG_COMPLETE_FRAMES
        var out: UnsafeMutablePointer<UInt8>?
        var count: Int32 = 0
        _ = av_parser_parse2(
            parser, context, &out, &count, packet.pointer.pointee.data, packet.pointer.pointee.size, CFF_NOPTS, CFF_NOPTS, 0)
        guard parser.pointee.width > 0, parser.pointee.height > 0 else { return nil }
        return (parser.pointee.width, parser.pointee.height)
    }
}
