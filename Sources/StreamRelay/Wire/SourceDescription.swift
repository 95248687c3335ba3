/// What a camera sends, as `stream probe`, `stream status` and `check` show it.
public struct SourceDescription: Sendable, Equatable, Codable {
    public struct Video: Sendable, Equatable, Codable {
        /// `h264` or `hevc`.
        public var codec: String
        public var profile: String
        public var width: Int
        public var height: Int
        /// Frames per second; 0 when not known yet.
        public var frameRate: Double
        public var hasBFrames: Bool
    }
    public struct Audio: Sendable, Equatable, Codable {
        public var codec: String
        public var sampleRate: Int
        public var channels: Int
        public var language: String
        /// `nil`: copied. Else why it is transcoded to AAC, as a sentence.
        public var transcodedBecause: String?
    }
    /// libavformat's name of the container or protocol: `rtsp`, `flv`, `mpegts`.
    public var format: String
    public var video: Video?
    public var audio: [Audio]
    /// What is not relayed, and why, as sentences.
    public var ignored: [String]

    public init(format: String, video: Video?, audio: [Audio], ignored: [String]) {
        self.format = format
        self.video = video
        self.audio = audio
        self.ignored = ignored
    }
}

/// Counters since the worker's start, sent with each heartbeat.
public struct WorkerVitals: Sendable, Equatable, Codable {
    /// Bytes of packets read from the camera.
    public var bytesIn: Int = 0
    public var videoFrames: Int = 0
    public var audioFrames: Int = 0
    /// Timestamps that were repaired: duplicate, missing, backward.
    public var repairedTimestamps: Int = 0
    /// Jumps of the camera's clock that were taken out of the timeline.
    public var clockJumps: Int = 0
    /// Frames dropped while waiting for a keyframe or because they could not be used.
    public var droppedFrames: Int = 0
    /// Packets libav flagged as damaged.
    public var corruptPackets: Int = 0
    /// Keyframes that could not be decoded when the hall's still was due.
    public var brokenKeyframes: Int = 0
    /// Seconds between the last two keyframes; 0 until two were seen.
    public var gopSeconds: Double = 0
    /// Frames per second over the last seconds.
    public var frameRate: Double = 0
    /// Bits per second over the last seconds.
    public var bitRate: Int = 0
    /// Parts per million by which the camera's clock runs fast (+) or slow (−) against this machine's.
    public var clockDriftPPM: Double = 0
    /// Parts per million of the audio clock against the video's.
    public var audioDriftPPM: Double = 0
    /// Milliseconds since the last packet came.
    public var idleMilliseconds: Int = 0

    public init() {}
}

/// Why a relay ended or could not begin. `message` says what was attempted, on what, and quotes libav; it holds no secret.
public struct RelayFailure: Error, Sendable, Equatable, Codable, CustomStringConvertible {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// No answer, connection refused, timeout, or the connection was lost.
        case unreachable
        /// Wrong user, password, stream key or passphrase.
        case unauthorized
        /// Something answered that is not a stream (an HTML page, a codec that cannot be relayed).
        case unusable
        /// Reached, but a rule of ours forbids it (a redirect, a picture too large, too many streams).
        case forbidden
        /// The input ended by itself (a file played once, an encoder that left).
        case ended
        /// A fault of the worker: crash, hang, memory.
        case worker
    }
    public var kind: Kind
    public var message: String

    public init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
