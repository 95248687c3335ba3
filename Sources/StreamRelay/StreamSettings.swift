/// An operator's settings of one hall's stream. Their defaults are in `PlenaryConfiguration` only.
public struct StreamSettings: Sendable, Equatable {
    public var hall: String
    public var camera: CameraAddress
    /// Whether the stream starts with the daemon.
    public var autostart: Bool
    /// Seconds; a segment starts at the first keyframe at or past it.
    public var segmentDuration: Double
    /// Seconds; EXT-X-TARGETDURATION. Past it a segment is cut without a keyframe.
    public var segmentMaximum: Double
    /// Seconds that a part should last; PART-TARGET follows from it and the camera's frame time.
    public var partDuration: Double
    /// Seconds of video viewers can seek back in.
    public var liveWindow: Double
    /// Seconds between the light and the arrival of its packet; subtracted from EXT-X-PROGRAM-DATE-TIME.
    public var captureDelay: Double
    /// A loss of the camera shows the card (`true`) or GAP (`false`).
    public var slateOnLoss: Bool
    /// PNG or JPEG of the card; `nil` is the one shipped for `language`.
    public var slateImage: String?
    /// BCP 47 language of the council.
    public var language: String
    /// Names of audio tracks in the camera's order, for EXT-X-MEDIA ("Floor", "Interpreter").
    public var audioNames: [String]
    /// Bytes of anonymous memory a worker may have.
    public var workerMemory: Int
    /// Whether the hall's own display gets the picture frame by frame.
    public var picture: Bool

    public init(
        hall: String, camera: CameraAddress, autostart: Bool, segmentDuration: Double, segmentMaximum: Double,
        partDuration: Double, liveWindow: Double, captureDelay: Double, slateOnLoss: Bool, slateImage: String?,
        language: String, audioNames: [String], workerMemory: Int, picture: Bool = false
    ) {
        self.hall = hall
        self.camera = camera
        self.autostart = autostart
        self.segmentDuration = segmentDuration
        self.segmentMaximum = segmentMaximum
        self.partDuration = partDuration
        self.liveWindow = liveWindow
        self.captureDelay = captureDelay
        self.slateOnLoss = slateOnLoss
        self.slateImage = slateImage
        self.language = language
        self.audioNames = audioNames
        self.workerMemory = workerMemory
        self.picture = picture
    }
}
