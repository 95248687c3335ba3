internal import CFFmpeg
import NIOCore

/// One AAC frame, ready for a fragment.
struct AudioFrame {
    var payload: ByteBuffer
    /// 90 kHz ticks on the camera's time line; `nil` when the camera gave none.
    var time: Int64?
    /// Nominal duration on the track's own scale.
    var samples: Int64
}

/// A sound track as AAC: copied when it is AAC already, else transcoded.
final class AudioTrack {
    private enum Way {
        case copy(AACConfig?)
        case transcode(AudioTranscoder)
    }

    let language: String
    private let source: InputTracks.Track
    private var way: Way
    /// Why it is transcoded, as a sentence; `nil` when it is copied.
    let transcodedBecause: String?
    let codecName: String
    /// The configuration changed with the last packet.
    private(set) var changed = false

    init(_ track: InputTracks.Track) throws {
        source = track
        language = track.language
        let parameters = track.parameters.pointer.pointee
        codecName = InputProbe.name(parameters.codec_id)
        if parameters.codec_id == AV_CODEC_ID_AAC {
            transcodedBecause = nil
            way = .copy(Self.config(of: track.parameters))
        } else {
            transcodedBecause = "browsers do not play \(codecName) in MP4"
            way = .transcode(try AudioTranscoder(source: track))
        }
    }

    private static func config(of parameters: CodecParameters) -> AACConfig? {
        if parameters.pointer.pointee.extradata_size >= 2 { return AACConfig(audioSpecificConfig: parameters.extradata) }
        // MPEG-TS: the first ADTS header says it; until then what probing has found
        let profile = Int(parameters.pointer.pointee.profile)
        return AACConfig(
            objectType: profile >= 0 && profile < 4 ? profile + 1 : 2, sampleRate: Int(parameters.pointer.pointee.sample_rate),
            channels: Int(cff_channels(parameters.pointer)))
    }

    /// `nil` until the camera has said enough.
    var config: AACConfig? {
        switch way {
        case .copy(let config): config
        case .transcode(let transcoder): transcoder.config
        }
    }

    var sourceSampleRate: Int { Int(source.parameters.pointer.pointee.sample_rate) }
    var sourceChannels: Int { Int(cff_channels(source.parameters.pointer)) }

    func frames(from packet: borrowing Packet) throws -> [AudioFrame] {
        changed = false
        let pts = packet.pointer.pointee.pts != CFF_NOPTS ? packet.pointer.pointee.pts : packet.pointer.pointee.dts
        let time = source.timeBase.ticks(pts)
        switch way {
        case .transcode(let transcoder):
            return try transcoder.frames(from: packet, time: time)
        case .copy(let known):
            let bytes = packet.bytes
            guard bytes.count > 0 else { return [] }
            takeSideExtradata(packet)
            guard let (config, header) = AACConfig.adts(bytes) else {
                return [AudioFrame(payload: ByteBuffer(bytes: bytes), time: time, samples: 1_024)]
            }
            if config != known {
                changed = known != nil
                way = .copy(config)
            }
            let raw = UnsafeRawBufferPointer(rebasing: bytes[header...])
            return [AudioFrame(payload: ByteBuffer(bytes: raw), time: time, samples: 1_024)]
        }
    }

    private func takeSideExtradata(_ packet: borrowing Packet) {
        var size = 0
        guard case .copy(let known) = way,
            let data = av_packet_get_side_data(packet.pointer, AV_PKT_DATA_NEW_EXTRADATA, &size), size >= 2,
            let config = AACConfig(audioSpecificConfig: UnsafeRawBufferPointer(start: data, count: size)), config != known
        else { return }
        changed = known != nil
        way = .copy(config)
    }

    /// Parameters of the AAC that comes out, for the init segment.
    func outputParameters() -> CodecParameters? {
        guard let config else { return nil }
        if case .copy = way, source.parameters.pointer.pointee.extradata_size >= 2,
            AACConfig(audioSpecificConfig: source.parameters.extradata) == config
        {
            let copy = CodecParameters(copying: source.parameters.pointer)
            copy.pointer.pointee.sample_rate = Int32(config.sampleRate)
            return copy
        }
        let parameters = CodecParameters()
        parameters.pointer.pointee.codec_type = AVMEDIA_TYPE_AUDIO
        parameters.pointer.pointee.codec_id = AV_CODEC_ID_AAC
        parameters.pointer.pointee.sample_rate = Int32(config.sampleRate)
        parameters.pointer.pointee.frame_size = 1_024
        cff_set_channels(parameters.pointer, Int32(max(1, config.channels)))
        parameters.setExtradata(config.audioSpecificConfig)
        return parameters
    }
}
