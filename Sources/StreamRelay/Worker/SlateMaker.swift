internal import CFFmpeg
import NIOCore

/// Encodes a card once: one keyframe, frames that repeat it, and a frame of silence.
enum SlateMaker {
    /// 2 s at 25 frames per second; the daemon gives the frames the durations it needs.
    private static let frameCount = 50
    private static let sampleRate = 48_000

    static func make(image path: String) throws -> SlateCard {
        let picture = try Picture(file: path, size: nil)
        let encoder = try VideoEncoder(
            width: picture.width, height: picture.height, rate: 25, gop: frameCount,
            options: [
                ("preset", "fast"), ("tune", "stillimage"), ("crf", "20"), ("profile", "high"),
                ("x264-params", "scenecut=0:rc-lookahead=0"),
            ])
        var frames: [ByteBuffer] = []
        let take: (borrowing Packet) -> Void = { packet in
            let units = AnnexB.units(in: packet.bytes)
            frames.append(AccessUnit(codec: .h264, bytes: packet.bytes, units: units).payload)
        }
        for index in 0..<frameCount { try encoder.encode(picture, index: index, take: take) }
        try encoder.finish(take: take)

        let silence = try AACEncoder(sampleRate: sampleRate, channels: 2)
        var left = 4 * AACEncoder.frameSize
        try silence.fill { planes, room in
            let count = min(room, left)
            left -= count
            for channel in 0..<2 { planes[channel]!.update(repeating: 0, count: count * 4) }
            return count
        }
        guard let quiet = try silence.take().last else {
            throw RelayFailure(kind: .worker, message: "the AAC encoder gave no silence for the card \(path)")
        }
        let audio = CodecParameters()
        audio.pointer.pointee.codec_type = AVMEDIA_TYPE_AUDIO
        audio.pointer.pointee.codec_id = AV_CODEC_ID_AAC
        audio.pointer.pointee.sample_rate = Int32(sampleRate)
        audio.pointer.pointee.frame_size = Int32(AACEncoder.frameSize)
        cff_set_channels(audio.pointer, 2)
        audio.setExtradata(silence.config.audioSpecificConfig)
        let initialization = try RenditionInitialization.make(
            video: (encoder.parameters, .h264), frameRate: 25, audio: (audio, silence.config), language: "")
        return SlateCard(
            initialization: initialization, frames: frames, silence: quiet.payload, audioSampleRate: sampleRate,
            still: try StillPicture.jpeg(picture.frame))
    }
}

extension RenditionInitialization {
    /// The init segment of a picture, a sound, or both, with the names the multivariant playlist gives them.
    static func make(
        video: (parameters: CodecParameters, codec: VideoCodec)?, frameRate: Double,
        audio: (parameters: CodecParameters, config: AACConfig)?,
        language: String
    ) throws -> RenditionInitialization {
        var tracks: [InitSegmentWriter.Track] = []
        if let video { tracks.append(.init(parameters: video.parameters, timescale: 90_000, videoCodec: video.codec)) }
        if let audio { tracks.append(.init(parameters: audio.parameters, timescale: Int32(audio.config.sampleRate), language: language)) }
        let bytes = try InitSegmentWriter.write(tracks)
        var names: [String] = []
        if let video {
            let boxes = Array(bytes.readableBytesView)
            let name =
                video.codec == .h264
                ? CodecString.payload(of: "avcC", in: boxes).flatMap { CodecString.avc($0) }
                : CodecString.payload(of: "hvcC", in: boxes).flatMap { CodecString.hevc($0) }
            guard let name else {
                throw RelayFailure(
                    kind: .unusable, message: "the camera's \(video.codec.rawValue) parameters cannot be put into an init segment")
            }
            names.append(name)
        }
        if let audio { names.append(audio.config.codecString) }
        return RenditionInitialization(
            codecs: names.joined(separator: ","), width: Int(video?.parameters.pointer.pointee.width ?? 0),
            height: Int(video?.parameters.pointer.pointee.height ?? 0), frameRateMilli: Int((frameRate * 1_000).rounded()),
            language: language, timescales: tracks.map { Int($0.timescale) }, bytes: bytes)
    }
}
