internal import CFFmpeg
import NIOCore

/// Any sound libavcodec can decode, to AAC-LC at 48 kHz: what cheap cameras send (G.711, PCM) no browser plays in MP4.
final class AudioTranscoder {
    private static let sampleRate = 48_000

    let config: AACConfig
    private let decoder: UnsafeMutablePointer<AVCodecContext>
    private let encoder: AACEncoder
    private var resampler: OpaquePointer?
    /// Format, rate and channels the resampler was made for.
    private var resampledFrom: (format: Int32, rate: Int32, channels: Int32) = (-1, 0, 0)
    private let decoded = Frame()
    /// 90 kHz ticks at which the samples fed so far end, and how many they are (at 48 kHz).
    private var anchor: (time: Int64, samples: Int64)?
    private var fed: Int64 = 0

    init(source: InputTracks.Track) throws {
        let parameters = source.parameters.pointer
        let name = InputProbe.name(parameters.pointee.codec_id)
        guard let codec = avcodec_find_decoder(parameters.pointee.codec_id), let context = avcodec_alloc_context3(codec) else {
            throw RelayFailure(kind: .unusable, message: "libavcodec cannot decode \(name)")
        }
        decoder = context
        avcodec_parameters_to_context(context, parameters)
        context.pointee.pkt_timebase = source.timeBase
        if context.pointee.sample_rate == 0 { context.pointee.sample_rate = 8_000 }
        if context.pointee.ch_layout.nb_channels == 0 { cff_set_encoder_channels(context, 1) }
        let channels = min(2, max(1, Int(context.pointee.ch_layout.nb_channels)))
        let opened = avcodec_open2(context, codec, nil)
        guard opened >= 0 else {
            var failed: UnsafeMutablePointer<AVCodecContext>? = context
            avcodec_free_context(&failed)
            throw RelayFailure(kind: .unusable, message: AVFault(code: opened, attempt: "cannot decode \(name)").description)
        }
        encoder = try AACEncoder(sampleRate: Self.sampleRate, channels: channels)
        config = encoder.config
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = decoder
        avcodec_free_context(&context)
        swr_free(&resampler)
    }

    /// - Parameter time: 90 kHz ticks of the packet's first sample.
    func frames(from packet: borrowing Packet, time: Int64?) throws -> [AudioFrame] {
        // a damaged packet is the camera's matter; the next one may be whole
        guard avcodec_send_packet(decoder, packet.pointer) >= 0 else { return [] }
        var frames: [AudioFrame] = []
        var begin = time
        while avcodec_receive_frame(decoder, decoded.pointer) >= 0 {
            let rate = Int64(max(1, decoded.pointer.pointee.sample_rate))
            let length = Int64(decoded.pointer.pointee.nb_samples) * 90_000 / rate
            try resample()
            fed = encoder.samplesIn + swr_get_delay(resampler, Int64(Self.sampleRate))
            if let from = begin {
                anchor = (from + length, fed)
                begin = from + length
            }
            for coded in try encoder.take() { frames.append(frame(coded)) }
        }
        return frames
    }

    private func frame(_ coded: AACEncoder.Coded) -> AudioFrame {
        let time = anchor.map { $0.time - ($0.samples - coded.firstSample) * 90_000 / Int64(Self.sampleRate) }
        return AudioFrame(payload: coded.payload, time: time, samples: 1_024)
    }

    private func resample() throws {
        let frame = decoded.pointer
        let now = (frame.pointee.format, frame.pointee.sample_rate, cff_frame_channels(frame))
        if resampler == nil || now != resampledFrom {
            swr_free(&resampler)
            try AVFault.check(
                cff_resampler(&resampler, frame, Int32(config.channels), Int32(Self.sampleRate)), "cannot resample the camera's sound")
            resampledFrom = now
        }
        let swr = resampler
        var planes = (0..<8).map { frame.pointee.extended_data[$0].map { UnsafePointer($0) } }
        var input = frame.pointee.nb_samples
        try encoder.fill { out, room in
            let count = planes.withUnsafeMutableBufferPointer { swr_convert(swr, out, Int32(room), $0.baseAddress, input) }
            input = 0
            return Int(try AVFault.check(count, "cannot resample the camera's sound"))
        }
    }
}
