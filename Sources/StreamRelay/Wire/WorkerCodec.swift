import FoundationEssentials
import NIOCore

extension WorkerCommand {
    private enum Kind: UInt8 { case open = 1, resumeAtKeyframe, feed, endOfFeed, finish, renewPoster }

    /// The command as a frame, in chunks to be written one after the other (`writev`); bytes of a feed are not copied.
    package func encoded() -> [ByteBuffer] {
        switch self {
        case .open(let order): [WireWriter.frame(Kind.open.rawValue, json: order)]
        case .resumeAtKeyframe: [WireWriter.frame(Kind.resumeAtKeyframe.rawValue)]
        case .feed(let bytes): [WireWriter.header(Kind.feed.rawValue, payload: bytes.readableBytes), bytes]
        case .endOfFeed: [WireWriter.frame(Kind.endOfFeed.rawValue)]
        case .finish: [WireWriter.frame(Kind.finish.rawValue)]
        case .renewPoster: [WireWriter.frame(Kind.renewPoster.rawValue)]
        }
    }

    package init(frame: WireFrame) throws(WireFault) {
        var reader = WireReader(frame.payload, message: "command \(frame.kind)")
        switch Kind(rawValue: frame.kind) {
        case .open: self = .open(try reader.json(WorkerOrder.self, "order"))
        case .resumeAtKeyframe: self = .resumeAtKeyframe
        case .feed: self = .feed(reader.rest())
        case .endOfFeed: self = .endOfFeed
        case .finish: self = .finish
        case .renewPoster: self = .renewPoster
        case nil: throw .unknownKind(frame.kind)
        }
        try reader.end()
    }
}

extension WorkerReport {
    private enum Kind: UInt8 {
        case opened = 65, initialization, part, slate, heartbeat, log, failed, ended, missed, poster, picture, frame
    }

    /// The report as a frame, in chunks to be written one after the other (`writev`); media is not copied.
    package func encoded() -> [ByteBuffer] {
        switch self {
        case .opened(let source): [WireWriter.frame(Kind.opened.rawValue, json: source)]
        case .initialization(let value): [WireWriter.frame(Kind.initialization.rawValue, payload: value.payload)]
        case .part(let part): part.encoded(kind: Kind.part.rawValue)
        case .picture(let value): [WireWriter.frame(Kind.picture.rawValue, payload: value.payload)]
        case .frame(let frame): frame.encoded(kind: Kind.frame.rawValue)
        case .slate(let card): [WireWriter.frame(Kind.slate.rawValue, payload: card.payload)]
        case .heartbeat(let vitals): [WireWriter.frame(Kind.heartbeat.rawValue, json: vitals)]
        case .log(let line): [WireWriter.frame(Kind.log.rawValue, json: line)]
        case .failed(let failure): [WireWriter.frame(Kind.failed.rawValue, json: failure)]
        case .ended: [WireWriter.frame(Kind.ended.rawValue)]
        case .missed(let failure): [WireWriter.frame(Kind.missed.rawValue, json: failure)]
        case .poster(let poster): poster.encoded(kind: Kind.poster.rawValue)
        }
    }

    package init(frame: WireFrame) throws(WireFault) {
        var reader = WireReader(frame.payload, message: "report \(frame.kind)")
        switch Kind(rawValue: frame.kind) {
        case .opened: self = .opened(try reader.json(SourceDescription.self, "source"))
        case .initialization: self = .initialization(try StreamInitialization(reading: &reader))
        case .part: self = .part(try RelayedPart(reading: &reader))
        case .picture: self = .picture(try RenditionInitialization(reading: &reader))
        case .frame: self = .frame(try RelayedFrame(reading: &reader))
        case .slate: self = .slate(try SlateCard(reading: &reader))
        case .heartbeat: self = .heartbeat(try reader.json(WorkerVitals.self, "vitals"))
        case .log: self = .log(try reader.json(WorkerLogLine.self, "line"))
        case .failed: self = .failed(try reader.json(RelayFailure.self, "failure"))
        case .ended: self = .ended
        case .missed: self = .missed(try reader.json(RelayFailure.self, "failure"))
        case .poster: self = .poster(try Poster(reading: &reader))
        case nil: throw .unknownKind(frame.kind)
        }
        try reader.end()
    }
}

/// Commands out of a byte stream, on the worker's side.
package struct WorkerCommandDecoder: Sendable {
    private var frames = WireFrameDecoder()

    package init() {}

    package mutating func append(_ bytes: ByteBuffer) { frames.append(bytes) }

    /// See `WireFrameDecoder.fill`.
    @discardableResult
    package mutating func fill(_ read: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int { try frames.fill(read) }

    /// The next whole command, or `nil` when more bytes are needed.
    package mutating func next() throws(WireFault) -> WorkerCommand? {
        guard let frame = try frames.next() else { return nil }
        return try WorkerCommand(frame: frame)
    }
}

/// Reports out of a byte stream, on the daemon's side.
package struct WorkerReportDecoder: Sendable {
    private var frames = WireFrameDecoder()

    package init() {}

    package mutating func append(_ bytes: ByteBuffer) { frames.append(bytes) }

    /// See `WireFrameDecoder.fill`.
    @discardableResult
    package mutating func fill(_ read: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int { try frames.fill(read) }

    /// The next whole report, or `nil` when more bytes are needed.
    package mutating func next() throws(WireFault) -> WorkerReport? {
        guard let frame = try frames.next() else { return nil }
        return try WorkerReport(frame: frame)
    }
}
