internal import CFFmpeg

/// A libav call that failed: what was attempted, and libav's error message. Holds no secrets.
struct AVFault: Error, CustomStringConvertible {
    let code: Int32
    let attempt: String

    var reason: String {
        var buffer = [CChar](repeating: 0, count: 128)
        return String(cString: cff_strerror(code, &buffer, buffer.count))
    }

    var description: String { "\(attempt): \(reason)" }

    /// Throws when `code` is negative.
    @discardableResult
    static func check(_ code: Int32, _ attempt: @autoclosure () -> String) throws(AVFault) -> Int32 {
        guard code < 0 else { return code }
        throw AVFault(code: code, attempt: attempt())
    }
}

/// A packet of libav, owned.
struct Packet: ~Copyable {
    let pointer: UnsafeMutablePointer<AVPacket>

    init() {
        guard let made = av_packet_alloc() else { preconditionFailure("out of memory for a packet") }
        pointer = made
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&packet)
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: pointer.pointee.data, count: Int(pointer.pointee.size)) }
}

/// A frame of libav, owned.
struct Frame: ~Copyable {
    let pointer: UnsafeMutablePointer<AVFrame>

    init() {
        guard let made = av_frame_alloc() else { preconditionFailure("out of memory for a frame") }
        pointer = made
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&frame)
    }
}

/// Codec parameters, owned; a class because a track, its init segment and its transcoder look at the same ones.
final class CodecParameters {
    let pointer: UnsafeMutablePointer<AVCodecParameters>

    init() {
        guard let made = avcodec_parameters_alloc() else { preconditionFailure("out of memory for codec parameters") }
        pointer = made
    }

    convenience init(copying other: UnsafePointer<AVCodecParameters>) {
        self.init()
        precondition(avcodec_parameters_copy(pointer, other) >= 0, "out of memory for codec parameters")
    }

    deinit {
        var parameters: UnsafeMutablePointer<AVCodecParameters>? = pointer
        avcodec_parameters_free(&parameters)
    }

    var extradata: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: pointer.pointee.extradata, count: Int(pointer.pointee.extradata_size))
    }

    /// Puts `bytes` in the place of the extradata.
    func setExtradata(_ bytes: some Collection<UInt8>) {
        av_freep(&pointer.pointee.extradata)
        pointer.pointee.extradata_size = 0
        guard !bytes.isEmpty, let memory = av_mallocz(bytes.count + Int(CFF_INPUT_PADDING)) else { return }
        UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyBytes(from: bytes)
        pointer.pointee.extradata = memory.assumingMemoryBound(to: UInt8.self)
        pointer.pointee.extradata_size = Int32(bytes.count)
    }
}

/// Options for an open call, which takes out those that it recognises.
struct Options: ~Copyable {
    var dictionary: OpaquePointer?

    init(_ values: [(String, String)]) {
        for (key, value) in values { av_dict_set(&dictionary, key, value, 0) }
    }

    deinit {
        var dictionary = dictionary
        av_dict_free(&dictionary)
    }

    /// Keys that were not recognised.
    var leftover: [String] {
        var keys: [String] = []
        var entry: UnsafeMutablePointer<AVDictionaryEntry>?
        while let next = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX) {
            keys.append(String(cString: next.pointee.key))
            entry = next
        }
        return keys
    }
}
