import NIOCore

/// Commands of the daemon to its relay worker, framed on the worker's stdin.
///
/// The first frame is always `.open`. The end of stdin means that the daemon is gone: the worker exits.
package enum WorkerCommand: Sendable, Equatable {
    /// What to relay; once, first.
    case open(WorkerOrder)
    /// Drop what comes until the next keyframe and start a segment there: the daemon has filled the time with GAP or a slate.
    case resumeAtKeyframe
    /// Make a still of the next keyframe. The one of the first keyframe is made without being asked for.
    case renewPoster
    /// FLV bytes of an encoder that pushes (`CameraAddress.Scheme.rtmpPush`).
    case feed(ByteBuffer)
    /// The encoder left; flush and end.
    case endOfFeed
    /// Flush what is held, report `.ended`, exit with status 0.
    case finish
}

/// The job of one worker process.
package struct WorkerOrder: Sendable, Equatable, Codable {
    package enum Job: String, Sendable, Codable {
        case relay, slate
        /// Opens the camera, reports `.opened`, reads a few seconds, and exits.
        case probe
    }
    package var job: Job
    /// `CameraAddress.raw`, secrets included; for `.slate` the image's path.
    package var address: String
    package var segmentDuration: Double
    package var segmentMaximum: Double
    package var partDuration: Double
    /// Ticks of 90 kHz, once the stream's life has fixed it; `nil` lets the worker measure it.
    package var partTarget: Int64?
    package var captureDelay: Double
    /// Bytes of anonymous memory (RLIMIT_DATA).
    package var memoryLimit: Int
    /// Folder of the shipped pictures (`hall.png`, `card-uk.png`).
    package var resources: String
    /// Seconds for which the worker itself retries (reporting each `.missed`) a camera that was live a moment ago; 0: one try.
    package var persistence: Double
    /// Send every frame of the picture by itself, too, as it comes.
    package var sendsFrames: Bool

    package init(
        job: Job, address: String, segmentDuration: Double, segmentMaximum: Double, partDuration: Double,
        partTarget: Int64?, captureDelay: Double, memoryLimit: Int, resources: String, persistence: Double = 0, sendsFrames: Bool = false
    ) {
        self.job = job
        self.address = address
        self.segmentDuration = segmentDuration
        self.segmentMaximum = segmentMaximum
        self.partDuration = partDuration
        self.partTarget = partTarget
        self.captureDelay = captureDelay
        self.memoryLimit = memoryLimit
        self.resources = resources
        self.persistence = persistence
        self.sendsFrames = sendsFrames
    }
}

/// Reports of a relay worker to the daemon, framed on its stdout.
package enum WorkerReport: Sendable, Equatable {
    /// The input is open: what the camera sends and what will be done with it.
    case opened(SourceDescription)
    /// New EXT-X-MAP bytes for every rendition; before the first part, and again when parameters change.
    case initialization(StreamInitialization)
    case part(RelayedPart)
    /// What a decoder needs for the frames that follow, the picture alone (`WorkerOrder.sendsFrames`); again when it changes.
    case picture(RenditionInitialization)
    /// One frame of the picture, as soon as it is there.
    case frame(RelayedFrame)
    /// The card for losses and closed sessions, encoded once.
    case slate(SlateCard)
    /// A still of the hall.
    case poster(Poster)
    /// At least once a second while the worker lives; its absence for 5 s is a hang.
    case heartbeat(WorkerVitals)
    case log(WorkerLogLine)
    /// The reason why the worker exits; the daemon decides when to try again.
    case failed(RelayFailure)
    /// One try of several failed; the worker goes on trying (`WorkerOrder.persistence`).
    case missed(RelayFailure)
    /// All was flushed; the worker exits with status 0.
    case ended
}

/// A keyframe as a JPEG, for other sites and lists.
package struct Poster: Sendable, Equatable {
    package static let sizeLimit = 2 << 20
    /// When its frame came from the camera: microseconds of this machine's steady clock, the daemon's own.
    package var takenAt: Int64
    package var jpeg: ByteBuffer

    package init(takenAt: Int64, jpeg: ByteBuffer) {
        self.takenAt = takenAt
        self.jpeg = jpeg
    }
}

/// One line for the operator, already without secrets.
package struct WorkerLogLine: Sendable, Equatable, Codable {
    package enum Level: String, Sendable, Codable { case debug, info, warning, error }
    package var level: Level
    package var text: String
    package init(level: Level, text: String) {
        self.level = level
        self.text = text
    }
}

/// Init segments, one per rendition, and what the multivariant playlist says about them.
package struct StreamInitialization: Sendable, Equatable {
    package var renditions: [RenditionInitialization]
    package init(renditions: [RenditionInitialization]) { self.renditions = renditions }
}

/// Rendition 0 is the picture with the first audio track (or that audio alone); 1… are further audio tracks.
package struct RenditionInitialization: Sendable, Equatable {
    /// RFC 6381, comma separated: `avc1.640028,mp4a.40.2`.
    package var codecs: String
    /// 0 × 0 without a picture.
    package var width: Int
    package var height: Int
    /// Frames per second in thousandths; 0 when unknown or without a picture.
    package var frameRateMilli: Int
    /// BCP 47, when the camera names one; else empty.
    package var language: String
    /// Ticks per second of each track, in the order of track ids 1, 2….
    package var timescales: [Int]
    package var bytes: ByteBuffer

    package init(
        codecs: String, width: Int, height: Int, frameRateMilli: Int, language: String, timescales: [Int], bytes: ByteBuffer
    ) {
        self.codecs = codecs
        self.width = width
        self.height = height
        self.frameRateMilli = frameRateMilli
        self.language = language
        self.timescales = timescales
        self.bytes = bytes
    }
}

/// A part as the worker cut it. Its decode times start at 0 with the worker; the daemon moves it to the end of the hall's time line
/// (`FragmentWriter.rebase`).
package struct RelayedPart: Sendable, Equatable {
    /// Starts a segment.
    package var startsSegment: Bool
    /// Is the last of its segment, known when it was cut.
    package var endsSegment: Bool
    /// Starts with a keyframe (or is audio only): a decoder can begin here.
    package var independent: Bool
    /// The timeline before this part is broken: new parameters, or a hole that the daemon fills with GAP.
    package var discontinuity: Bool
    /// 90 kHz ticks from the worker's start. Contiguous with the part before it, unless `discontinuity`.
    package var decodeTime: Int64
    /// 90 kHz ticks, > 0, ≤ `partTarget`.
    package var duration: Int64
    /// 90 kHz ticks: the stream's PART-TARGET, the same in every part of a worker's life.
    package var partTarget: Int64
    /// UTC microseconds of the part's first frame, for EXT-X-PROGRAM-DATE-TIME.
    package var programDateTime: Int64
    /// moof + mdat of each rendition, index as in `StreamInitialization`; empty where it has no sample in this time (a GAP for that rendition).
    package var fragments: [ByteBuffer]

    package init(
        startsSegment: Bool, endsSegment: Bool = false, independent: Bool, discontinuity: Bool, decodeTime: Int64, duration: Int64,
        partTarget: Int64, programDateTime: Int64, fragments: [ByteBuffer]
    ) {
        self.startsSegment = startsSegment
        self.endsSegment = endsSegment
        self.independent = independent
        self.discontinuity = discontinuity
        self.decodeTime = decodeTime
        self.duration = duration
        self.partTarget = partTarget
        self.programDateTime = programDateTime
        self.fragments = fragments
    }
}

/// One frame of the picture as a fragment of its own, on the worker's time line of the parts.
package struct RelayedFrame: Sendable, Equatable {
    package var isKeyframe: Bool
    /// The time line before this keyframe is broken: the frame need not be placed at its decode time.
    package var startsAnew: Bool
    /// 90 kHz ticks, increasing.
    package var decodeTime: Int64
    /// 90 kHz ticks that the fragment says it lasts (see `FrameCutter`).
    package var duration: Int64
    /// moof + mdat.
    package var fragment: ByteBuffer

    package init(isKeyframe: Bool, startsAnew: Bool, decodeTime: Int64, duration: Int64, fragment: ByteBuffer) {
        self.isKeyframe = isKeyframe
        self.startsAnew = startsAnew
        self.decodeTime = decodeTime
        self.duration = duration
        self.fragment = fragment
    }
}

/// The card, ready to be written as fragments of any length: one keyframe, then frames that repeat it, then silence.
package struct SlateCard: Sendable, Equatable {
    package var initialization: RenditionInitialization
    /// Length-prefixed access units in decode order; the first is the only keyframe.
    package var frames: [ByteBuffer]
    /// One AAC frame of silence (1024 samples).
    package var silence: ByteBuffer
    package var audioSampleRate: Int
    /// The card as a JPEG, the poster of a closed session.
    package var still: ByteBuffer

    package init(
        initialization: RenditionInitialization, frames: [ByteBuffer], silence: ByteBuffer, audioSampleRate: Int, still: ByteBuffer
    ) {
        self.initialization = initialization
        self.frames = frames
        self.silence = silence
        self.audioSampleRate = audioSampleRate
        self.still = still
    }
}
