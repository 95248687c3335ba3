internal import CFFmpeg
import NIOCore

/// Init segments (EXT-X-MAP) by libavformat's mov muxer: its header and nothing else of it.
enum InitSegmentWriter {
    struct Track {
        var parameters: CodecParameters
        var timescale: Int32
        var videoCodec: VideoCodec?
        var language = ""
    }

    static func write(_ tracks: [Track]) throws -> ByteBuffer {
        var context: UnsafeMutablePointer<AVFormatContext>?
        try AVFault.check(avformat_alloc_output_context2(&context, nil, "mp4", nil), "cannot make an init segment")
        defer { avformat_free_context(context) }
        for track in tracks {
            guard let stream = avformat_new_stream(context, nil) else {
                throw AVFault(code: CFF_ERROR_ENOMEM, attempt: "cannot add a track to an init segment")
            }
            try AVFault.check(avcodec_parameters_copy(stream.pointee.codecpar, track.parameters.pointer), "cannot copy codec parameters")
            stream.pointee.codecpar.pointee.codec_tag = track.videoCodec == .hevc ? fourCC("hvc1") : 0
            stream.pointee.time_base = AVRational(num: 1, den: track.timescale)
            if !track.language.isEmpty { av_dict_set(&stream.pointee.metadata, "language", track.language, 0) }
        }
        try AVFault.check(avio_open_dyn_buf(&context!.pointee.pb), "cannot make an init segment")
        var options = Options([("movflags", "empty_moov+default_base_moof+cmaf"), ("use_editlist", "0")])
        let written = avformat_write_header(context, &options.dictionary)
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = avio_close_dyn_buf(context!.pointee.pb, &bytes)
        context!.pointee.pb = nil
        defer { av_free(bytes) }
        try AVFault.check(written, "cannot write an init segment")
        return ByteBuffer(bytes: UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }

    private static func fourCC(_ name: String) -> UInt32 { name.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
}
