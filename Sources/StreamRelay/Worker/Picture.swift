internal import CFFmpeg
import Glibc

/// A still picture in memory, planar YUV 4:2:0 of video range, as an encoder takes it.
final class Picture {
    let width: Int
    let height: Int
    let frame = Frame()

    init(width: Int, height: Int) throws {
        self.width = width
        self.height = height
        frame.pointer.pointee.format = AV_PIX_FMT_YUV420P.rawValue
        frame.pointer.pointee.width = Int32(width)
        frame.pointer.pointee.height = Int32(height)
        frame.pointer.pointee.colorspace = AVCOL_SPC_BT709
        frame.pointer.pointee.color_range = AVCOL_RANGE_MPEG
        try AVFault.check(av_frame_get_buffer(frame.pointer, 0), "cannot make a picture of \(width)×\(height)")
    }

    /// A PNG or JPEG file, scaled to `size` (its own, made even, when `nil`).
    convenience init(file path: String, size: (width: Int, height: Int)?) throws {
        let image = try Self.decode(path)
        let width = size?.width ?? Int(image.pointer.pointee.width) & ~1
        let height = size?.height ?? Int(image.pointer.pointee.height) & ~1
        try self.init(width: width, height: height)
        let scaler = sws_getContext(
            image.pointer.pointee.width, image.pointer.pointee.height, AVPixelFormat(image.pointer.pointee.format), Int32(width),
            Int32(height), AV_PIX_FMT_YUV420P, SWS_BICUBIC | SWS_ACCURATE_RND, nil, nil, nil)
        guard scaler != nil else { throw RelayFailure(kind: .worker, message: "cannot scale the picture \(path)") }
        defer { sws_freeContext(scaler) }
        // BT.709, video range
        let table = sws_getCoefficients(SWS_CS_ITU709)
        _ = sws_setColorspaceDetails(scaler, table, 1, table, 0, 0, 1 << 16, 1 << 16)
        try AVFault.check(sws_scale_frame(scaler, frame.pointer, image.pointer), "cannot scale the picture \(path)")
    }

    private static let sizeLimit = 16 << 20

    private static func decode(_ path: String) throws -> Frame {
        guard let file = fopen(path, "rb") else {
            throw RelayFailure(kind: .unusable, message: "cannot read the picture \(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        guard (8...sizeLimit).contains(size) else {
            throw RelayFailure(
                kind: .unusable, message: "the picture \(path) has \(size) bytes; a PNG or JPEG of at most \(sizeLimit) is taken")
        }
        var bytes = [UInt8](repeating: 0, count: size)
        let count = fread(&bytes, 1, size, file)
        let isPNG = bytes.prefix(4) == [0x89, 0x50, 0x4E, 0x47]
        guard let codec = avcodec_find_decoder(isPNG ? AV_CODEC_ID_PNG : AV_CODEC_ID_MJPEG) else {
            throw RelayFailure(kind: .worker, message: "this libavcodec decodes no PNG or JPEG")
        }
        var context = avcodec_alloc_context3(codec)
        defer { avcodec_free_context(&context) }
        try AVFault.check(avcodec_open2(context, codec, nil), "cannot decode the picture \(path)")
        let packet = Packet()
        try AVFault.check(av_new_packet(packet.pointer, Int32(count)), "cannot decode the picture \(path)")
        packet.pointer.pointee.data.update(from: bytes, count: count)
        try AVFault.check(avcodec_send_packet(context, packet.pointer), "the picture \(path) is no PNG or JPEG")
        let frame = Frame()
        try AVFault.check(avcodec_receive_frame(context, frame.pointer), "the picture \(path) is no PNG or JPEG")
        return frame
    }

    /// Makes this a copy of `other`, which has the same size.
    func copy(_ other: Picture) throws {
        try AVFault.check(av_frame_make_writable(frame.pointer), "cannot write a picture")
        try AVFault.check(av_frame_copy(frame.pointer, other.frame.pointer), "cannot copy a picture")
    }

    /// Copies a rectangle of `source`; all positions even.
    func draw(_ source: Picture, from: (x: Int, y: Int), size: (width: Int, height: Int), at: (x: Int, y: Int)) {
        guard at.x + size.width <= width, at.y + size.height <= height else { return }
        for plane in 0..<3 {
            let shift = plane == 0 ? 0 : 1
            for row in 0..<size.height >> shift {
                let out = self.row(plane, at.y >> shift + row) + at.x >> shift
                out.update(from: source.row(plane, from.y >> shift + row) + from.x >> shift, count: size.width >> shift)
            }
        }
    }

    /// Fills a rectangle with grey of this luma.
    func fill(x: Range<Int>, y: Range<Int>, luma: UInt8) {
        for row in y { (self.row(0, row) + x.lowerBound).update(repeating: luma, count: x.count) }
        for plane in 1...2 {
            for row in y.lowerBound / 2..<y.upperBound / 2 {
                (self.row(plane, row) + x.lowerBound / 2).update(repeating: 128, count: (x.upperBound + 1) / 2 - x.lowerBound / 2)
            }
        }
    }

    private func row(_ plane: Int, _ row: Int) -> UnsafeMutablePointer<UInt8> {
        switch plane {
        case 0: frame.pointer.pointee.data.0! + row * Int(frame.pointer.pointee.linesize.0)
        case 1: frame.pointer.pointee.data.1! + row * Int(frame.pointer.pointee.linesize.1)
        default: frame.pointer.pointee.data.2! + row * Int(frame.pointer.pointee.linesize.2)
        }
    }
}

/// libx264 through libavcodec, for the generated hall and the cards: no B-frames, a keyframe every `gop` frames.
final class VideoEncoder {
    private let encoder: UnsafeMutablePointer<AVCodecContext>
    let parameters = CodecParameters()

    init(width: Int, height: Int, rate: Int, gop: Int, options: [(String, String)]) throws {
        guard let codec = avcodec_find_encoder_by_name("libx264"), let context = avcodec_alloc_context3(codec) else {
            throw RelayFailure(kind: .worker, message: "this libavcodec has no libx264: install Debian's libavcodec")
        }
        encoder = context
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        context.pointee.time_base = AVRational(num: 1, den: Int32(rate))
        context.pointee.framerate = AVRational(num: Int32(rate), den: 1)
        context.pointee.gop_size = Int32(gop)
        context.pointee.max_b_frames = 0
        context.pointee.thread_count = 1
        context.pointee.color_primaries = AVCOL_PRI_BT709
        context.pointee.color_trc = AVCOL_TRC_BT709
        context.pointee.colorspace = AVCOL_SPC_BT709
        context.pointee.color_range = AVCOL_RANGE_MPEG
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        var options = Options(options)
        try AVFault.check(avcodec_open2(context, codec, &options.dictionary), "cannot open the H.264 encoder for \(width)×\(height)")
        try AVFault.check(avcodec_parameters_from_context(parameters.pointer, context), "cannot read the encoder's parameters")
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = encoder
        avcodec_free_context(&context)
    }

    /// Encodes the picture as frame number `index`; `take` gets each packet that comes out.
    func encode(_ picture: Picture, index: Int, take: (borrowing Packet) throws -> Void) throws {
        picture.frame.pointer.pointee.pts = Int64(index)
        picture.frame.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
        try AVFault.check(avcodec_send_frame(encoder, picture.frame.pointer), "cannot encode a picture")
        try drain(take)
    }

    func finish(take: (borrowing Packet) throws -> Void) throws {
        _ = avcodec_send_frame(encoder, nil)
        try drain(take)
    }

    private func drain(_ take: (borrowing Packet) throws -> Void) throws {
        let packet = Packet()
        while avcodec_receive_packet(encoder, packet.pointer) >= 0 {
            try take(packet)
            av_packet_unref(packet.pointer)
        }
    }
}
