internal import CFFmpeg
import NIOCore

/// libavcodec's AAC-LC encoder, filled a frame of 1024 samples at a time.
final class AACEncoder {
    struct Coded {
        var payload: ByteBuffer
        /// The frame's first sample, counted from the first one put in; the encoder's own priming is before 0.
        var firstSample: Int64
    }

    static let frameSize = 1_024
    let config: AACConfig
    private let encoder: UnsafeMutablePointer<AVCodecContext>
    private let frame = Frame()
    private var filled = 0
    private var ready: [Coded] = []
    /// Samples put in so far.
    private(set) var samplesIn: Int64 = 0

    init(sampleRate: Int, channels: Int) throws {
        guard let codec = avcodec_find_encoder(AV_CODEC_ID_AAC), let context = avcodec_alloc_context3(codec),
            let config = AACConfig(objectType: 2, sampleRate: sampleRate, channels: channels)
        else { throw RelayFailure(kind: .worker, message: "this libavcodec has no AAC encoder") }
        encoder = context
        self.config = config
        context.pointee.sample_rate = Int32(sampleRate)
        context.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
        context.pointee.bit_rate = channels == 1 ? 64_000 : 128_000
        context.pointee.time_base = AVRational(num: 1, den: Int32(sampleRate))
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        cff_set_encoder_channels(context, Int32(channels))
        try AVFault.check(avcodec_open2(context, codec, nil), "cannot open the AAC encoder")
        frame.pointer.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
        frame.pointer.pointee.nb_samples = Int32(Self.frameSize)
        frame.pointer.pointee.sample_rate = Int32(sampleRate)
        cff_set_frame_channels(frame.pointer, Int32(channels))
        try AVFault.check(av_frame_get_buffer(frame.pointer, 0), "cannot make an audio frame")
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = encoder
        avcodec_free_context(&context)
    }

    /// Lends `fill` the free space of the current frame, planes and room in samples, until it answers less than the room.
    func fill(_ fill: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, Int) throws -> Int) throws {
        while true {
            try AVFault.check(av_frame_make_writable(frame.pointer), "cannot make an audio frame")
            let room = Self.frameSize - filled
            var planes: [UnsafeMutablePointer<UInt8>?] = (0..<config.channels).map {
                frame.pointer.pointee.extended_data[$0].map { $0 + self.filled * 4 }
            }
            let count = try planes.withUnsafeMutableBufferPointer { try fill($0.baseAddress!, room) }
            filled += count
            samplesIn += Int64(count)
            guard filled == Self.frameSize else { return }
            filled = 0
            try encode()
        }
    }

    /// The frames that are coded.
    func take() throws -> [Coded] {
        defer { ready = [] }
        return ready
    }

    private func encode() throws {
        frame.pointer.pointee.pts = samplesIn - Int64(Self.frameSize)
        try AVFault.check(avcodec_send_frame(encoder, frame.pointer), "cannot encode sound")
        let packet = Packet()
        while avcodec_receive_packet(encoder, packet.pointer) >= 0 {
            ready.append(Coded(payload: ByteBuffer(bytes: packet.bytes), firstSample: packet.pointer.pointee.pts))
            av_packet_unref(packet.pointer)
        }
    }
}
