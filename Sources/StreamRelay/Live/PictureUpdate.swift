import NIOCore

/// What viewers of single frames receive.
public enum PictureUpdate: Sendable, Equatable {
    /// A keyframe that these bytes decode comes next.
    case began(PictureBeginning)
    /// moof + mdat of one frame. Decode times increase for the life of the stream.
    case frame(ByteBuffer, isKeyframe: Bool)
    /// There is nothing to show until the next `began`.
    case gone(PictureAbsence)
}

/// What a decoder must know before the first frame.
public struct PictureBeginning: Sendable, Equatable {
    /// RFC 6381: `avc1.640028`.
    public var codecs: String
    public var width: Int
    public var height: Int
    /// An init segment with the picture's track alone.
    public var initialization: ByteBuffer

    public init(codecs: String, width: Int, height: Int, initialization: ByteBuffer) {
        self.codecs = codecs
        self.width = width
        self.height = height
        self.initialization = initialization
    }
}

/// Why there is no picture.
public enum PictureAbsence: String, Sendable {
    /// The sitting is closed to the public, or the operator's card is on air.
    case hidden
    /// The camera sends nothing, or not yet.
    case lost
    /// The stream is not running.
    case stopped
}
