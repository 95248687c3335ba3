internal import CFFmpeg

/// Where packets come from: a camera through libavformat, or the generated hall.
protocol PacketSource: AnyObject {
    /// libavformat's name of the container or protocol, for people.
    var format: String { get }
    var tracks: InputTracks { get }
    /// The source is read in the stream's own time, not as it comes.
    var isPaced: Bool { get }

    /// Fills `packet`; waits no longer than 100 ms.
    func read(into packet: borrowing Packet) throws -> ReadResult
}

enum ReadResult {
    /// A packet of this track (0 the picture, 1… sound), or `nil` for a packet of a track that is not relayed.
    case packet(track: Int?)
    /// No packet is ready.
    case nothing
    /// A looped file begins again.
    case restarted
    case end
}

/// The tracks that will be relayed, and what is left out.
struct InputTracks {
    struct Track {
        var streamIndex: Int32
        var parameters: CodecParameters
        var timeBase: AVRational
        var language: String
    }

    var video: Track?
    var videoCodec: VideoCodec?
    /// Frames per second; 0 when the input does not say.
    var frameRate: Double = 0
    var audio: [Track] = []
    var ignored: [String] = []

    /// The packet's track by the number of its stream.
    func index(ofStream stream: Int32) -> Int? {
        if let video, video.streamIndex == stream { return 0 }
        return audio.firstIndex { $0.streamIndex == stream }.map { $0 + 1 }
    }
}

extension AVRational {
    var value: Double { den == 0 ? 0 : Double(num) / Double(den) }

    /// `time` of this base in 90 kHz ticks; `nil` for AV_NOPTS_VALUE.
    func ticks(_ time: Int64) -> Int64? {
        guard time != CFF_NOPTS, den > 0 else { return nil }
        return av_rescale_q(time, self, AVRational(num: 1, den: 90_000))
    }
}
