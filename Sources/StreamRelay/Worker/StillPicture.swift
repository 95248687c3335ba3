internal import CFFmpeg
import NIOCore

/// One coded picture as a JPEG that other sites can show.
enum StillPicture {
    /// Pixels of the longer side at most: what the large previews of other sites take.
    static let longestSide = 1_280
    /// MJPEG's quantizer, 2 (best) to 31.
    private static let quantizer: Int32 = 5
    /// libav's own scale of errors ends far below: a broken keyframe is counted, and not reported as the camera's failure.
    private static let quiet: Int32 = 64

    /// Decodes a keyframe by itself. One that has an error anywhere is refused: half a picture is worse than an old one.
    static func decode(_ packet: borrowing Packet, _ parameters: CodecParameters) throws -> Frame {
        guard let codec = avcodec_find_decoder(parameters.pointer.pointee.codec_id) else {
            throw RelayFailure(kind: .worker, message: "this libavcodec does not decode the camera's picture")
        }
        var context = avcodec_alloc_context3(codec)
        defer { avcodec_free_context(&context) }
        guard let context else { throw RelayFailure(kind: .worker, message: "no memory to decode a keyframe") }
        try AVFault.check(avcodec_parameters_to_context(context, parameters.pointer), "cannot decode a keyframe")
        context.pointee.thread_count = 1
        context.pointee.log_level_offset = quiet
        // A keyframe that is no IDR picture counts as incomplete until the next; it is whole for us.
        context.pointee.flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT
        // Only HEVC: its decoder does not mark what it could not decode, and H.264's is strict about much that does not show.
        if parameters.pointer.pointee.codec_id == AV_CODEC_ID_HEVC { context.pointee.err_recognition = AV_EF_EXPLODE }
        try AVFault.check(avcodec_open2(context, codec, nil), "cannot open the decoder")
        try AVFault.check(avcodec_send_packet(context, packet.pointer), "cannot decode a keyframe")
        _ = avcodec_send_packet(context, nil)
        let frame = Frame()
        try AVFault.check(avcodec_receive_frame(context, frame.pointer), "a keyframe gave no picture")
        guard frame.pointer.pointee.decode_error_flags == 0, frame.pointer.pointee.pict_type == AV_PICTURE_TYPE_I else {
            throw RelayFailure(kind: .worker, message: "a keyframe is damaged or needs pictures before it")
        }
        return frame
    }

    /// Width and height for viewers: pixels made square, scaled into `longestSide`, even.
    static func size(width: Int, height: Int, pixelAspect: Double) -> (width: Int, height: Int) {
        let aspect = (0.1...10).contains(pixelAspect) ? pixelAspect : 1
        let shown = Double(width) * aspect
        let scale = min(1, Double(longestSide) / max(shown, Double(height)))
        func even(_ side: Double) -> Int { max(2, Int((side * scale / 2).rounded()) * 2) }
        return (even(shown), even(Double(height)))
    }

    /// JFIF: full range, BT.601, whatever the camera's were.
    static func jpeg(_ picture: borrowing Frame) throws -> ByteBuffer {
        let source = picture.pointer
        let aspect = source.pointee.sample_aspect_ratio
        let size = size(
            width: Int(source.pointee.width), height: Int(source.pointee.height),
            pixelAspect: aspect.num > 0 && aspect.den > 0 ? Double(aspect.num) / Double(aspect.den) : 1)
        let still = Frame()
        still.pointer.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue
        still.pointer.pointee.width = Int32(size.width)
        still.pointer.pointee.height = Int32(size.height)
        still.pointer.pointee.color_range = AVCOL_RANGE_JPEG
        try AVFault.check(av_frame_get_buffer(still.pointer, 0), "cannot make a picture of \(size.width)×\(size.height)")
        let scaler = sws_getContext(
            source.pointee.width, source.pointee.height, AVPixelFormat(source.pointee.format), Int32(size.width), Int32(size.height),
            AV_PIX_FMT_YUVJ420P, SWS_BICUBIC, nil, nil, nil)
        guard scaler != nil else { throw RelayFailure(kind: .worker, message: "cannot scale the camera's picture") }
        defer { sws_freeContext(scaler) }
        let isFullRange = source.pointee.color_range == AVCOL_RANGE_JPEG || source.pointee.format == AV_PIX_FMT_YUVJ420P.rawValue
        _ = sws_setColorspaceDetails(
            scaler, sws_getCoefficients(matrix(of: source)), isFullRange ? 1 : 0, sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16, 1 << 16
        )
        try AVFault.check(sws_scale_frame(scaler, still.pointer, source), "cannot scale the camera's picture")
        return try encode(still)
    }

    /// A camera that does not say is taken by its size, as players do.
    private static func matrix(of frame: UnsafeMutablePointer<AVFrame>) -> Int32 {
        switch frame.pointee.colorspace {
        case AVCOL_SPC_BT709: SWS_CS_ITU709
        case AVCOL_SPC_BT470BG, AVCOL_SPC_SMPTE170M: SWS_CS_ITU601
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        default: frame.pointee.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601
        }
    }

    private static func encode(_ still: borrowing Frame) throws -> ByteBuffer {
        guard let codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG) else {
            throw RelayFailure(kind: .worker, message: "this libavcodec encodes no JPEG")
        }
        var context = avcodec_alloc_context3(codec)
        defer { avcodec_free_context(&context) }
        guard let context else { throw RelayFailure(kind: .worker, message: "no memory to encode a JPEG") }
        context.pointee.width = still.pointer.pointee.width
        context.pointee.height = still.pointer.pointee.height
        context.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
        context.pointee.color_range = AVCOL_RANGE_JPEG
        context.pointee.time_base = AVRational(num: 1, den: 25)
        context.pointee.thread_count = 1
        context.pointee.flags |= AV_CODEC_FLAG_QSCALE
        context.pointee.global_quality = quantizer * FF_QP2LAMBDA
        try AVFault.check(avcodec_open2(context, codec, nil), "cannot open the JPEG encoder")
        still.pointer.pointee.quality = context.pointee.global_quality
        still.pointer.pointee.pts = 0
        try AVFault.check(avcodec_send_frame(context, still.pointer), "cannot encode a JPEG")
        let packet = Packet()
        try AVFault.check(avcodec_receive_packet(context, packet.pointer), "cannot encode a JPEG")
        return ByteBuffer(bytes: packet.bytes)
    }
}
