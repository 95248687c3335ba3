/// What the event channel counted since it began; the first two are of this moment.
public struct EventFigures: Sendable {
    public var connections = 0
    public var listeners: [(hall: String, count: Int)] = []
    /// Those that see a picture frame by frame.
    public var watchers: [(hall: String, count: Int)] = []
    public var skipped: UInt64 = 0
    public var accepted: UInt64 = 0
    public var refused: UInt64 = 0
    public var messages: UInt64 = 0
    public var writes: UInt64 = 0
    public var bytesSent: UInt64 = 0
    public var snapshots: UInt64 = 0
    public var resumed: UInt64 = 0
    public var replaced: UInt64 = 0
    public var answered: [(status: Int, count: UInt64)] = []
    public var closed: [(reason: String, count: UInt64)] = []

    public init() {}
}

/// What a hall's board counted since it was opened.
public struct BoardFigures: Sendable {
    public var hall: String
    /// The record's last event.
    public var sequence: Int64
    public var waiting = 0
    public var done = 0
    public var refused: [(code: String, count: Int)] = []
    public var writes = 0
    public var diskSeconds = 0.0

    public init(hall: String, sequence: Int64) {
        self.hall = hall
        self.sequence = sequence
    }
}
