internal import CFFmpeg

/// Which tracks of an opened input are relayed.
enum InputProbe {
    /// Tracks of any kind that an input may have.
    static let trackLimit = 16
    /// Sound tracks that are relayed.
    static let audioLimit = 4
    /// Pixels on a side, 8K.
    static let pictureLimit: Int32 = 8_192

    static func tracks(of context: UnsafeMutablePointer<AVFormatContext>, address: CameraAddress) throws -> InputTracks {
        let count = Int(context.pointee.nb_streams)
        guard count <= trackLimit else {
            throw RelayFailure(
                kind: .forbidden,
                message: "\(address) sends \(count) tracks; at most \(trackLimit) are opened: choose one program in the encoder")
        }
        var tracks = InputTracks()
        for index in 0..<count {
            guard let stream = context.pointee.streams[index] else { continue }
            let parameters = stream.pointee.codecpar!
            stream.pointee.discard = AVDISCARD_ALL
            let taken: Bool
            switch parameters.pointee.codec_type {
            case AVMEDIA_TYPE_VIDEO: taken = try takeVideo(stream, into: &tracks, address: address)
            case AVMEDIA_TYPE_AUDIO: taken = takeAudio(stream, into: &tracks)
            default:
                tracks.ignored.append("track \(index) (\(name(parameters.pointee.codec_id))) is neither picture nor sound")
                taken = false
            }
            if taken { stream.pointee.discard = AVDISCARD_DEFAULT }
        }
        if tracks.video == nil, tracks.audio.isEmpty {
            let reason = tracks.ignored.isEmpty ? "it holds no track" : tracks.ignored.joined(separator: "; ")
            throw RelayFailure(kind: .unusable, message: "\(address) holds nothing that can be relayed: \(reason)")
        }
        return tracks
    }

    private static func takeVideo(
        _ stream: UnsafeMutablePointer<AVStream>, into tracks: inout InputTracks, address: CameraAddress
    ) throws -> Bool {
        let parameters = stream.pointee.codecpar!
        let index = stream.pointee.index
        if stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0 { return false }
        let codec: VideoCodec
        switch parameters.pointee.codec_id {
        case AV_CODEC_ID_H264: codec = .h264
        case AV_CODEC_ID_HEVC: codec = .hevc
        default:
            let name = name(parameters.pointee.codec_id)
            tracks.ignored.append("the picture of track \(index) is \(name): set the camera to H.264")
            return false
        }
        guard tracks.video == nil else {
            tracks.ignored.append("track \(index) is a second picture")
            return false
        }
        let width = parameters.pointee.width
        let height = parameters.pointee.height
        guard width > 0, height > 0 else {
            throw unknownPicture(address)
        }
        guard width <= pictureLimit, height <= pictureLimit else {
            throw RelayFailure(
                kind: .forbidden,
                message: "\(address) claims a picture of \(width)×\(height); at most \(pictureLimit)×\(pictureLimit) is relayed")
        }
        tracks.videoCodec = codec
        tracks.video = track(stream)
        let rate = stream.pointee.avg_frame_rate.value
        tracks.frameRate = rate > 0 && rate < 250 ? rate : 0
        return true
    }

    /// No size: libav joined in the middle of a picture, or rejected the size in the parameters, which its log quotes.
    private static func unknownPicture(_ address: CameraAddress) -> RelayFailure {
        let claim = LibavLog.takeErrors().last { $0.contains("Picture size") }
        guard let claim else {
            return RelayFailure(kind: .unreachable, message: "\(address) has not shown its picture's parameters yet: trying again")
        }
        return RelayFailure(kind: .forbidden, message: "\(address) claims a picture that cannot be relayed: \(claim)")
    }

    private static func takeAudio(_ stream: UnsafeMutablePointer<AVStream>, into tracks: inout InputTracks) -> Bool {
        let parameters = stream.pointee.codecpar!
        guard tracks.audio.count < audioLimit else {
            tracks.ignored.append("track \(stream.pointee.index) is more sound than the \(audioLimit) tracks that are relayed")
            return false
        }
        guard avcodec_find_decoder(parameters.pointee.codec_id) != nil else {
            tracks.ignored.append(
                "the sound of track \(stream.pointee.index) (\(name(parameters.pointee.codec_id))) cannot be decoded here")
            return false
        }
        tracks.audio.append(track(stream))
        return true
    }

    private static func track(_ stream: UnsafeMutablePointer<AVStream>) -> InputTracks.Track {
        let language = av_dict_get(stream.pointee.metadata, "language", nil, 0).map { String(cString: $0.pointee.value) } ?? ""
        return InputTracks.Track(
            streamIndex: stream.pointee.index, parameters: CodecParameters(copying: stream.pointee.codecpar),
            timeBase: stream.pointee.time_base, language: language == "und" ? "" : language)
    }

    static func name(_ codec: AVCodecID) -> String { String(cString: avcodec_get_name(codec)) }
}
