import NIOCore

/// One encoder's connection, from its first byte to its last: bytes in, actions out. No I/O and no clock.
struct PublishSession {
    enum Action: Equatable {
        case send(ByteBuffer)
        /// The caller asks who owns this key and answers with `decided`; nothing is read until then.
        case authorize(key: String)
        /// FLV, the file's header first.
        case media(ByteBuffer)
        /// The encoder has ended the stream.
        case finished
        /// Close the connection; with `refusedKey` only after a delay, which makes guessing slow.
        case close(Closing)
    }
    enum Closing: Equatable {
        case fault(RTMPFault)
        case refusedKey
        case busy
        case endedByEncoder
    }
    enum Decision { case accepted, busy, unknownKey }
    private enum Phase: Equatable { case handshake, greeting, connected(application: String), deciding, publishing, closed }

    /// Bytes between acknowledgements until the encoder names its own (RTMP 1.0 §5.4.4).
    static let window: UInt32 = 2_500_000
    static let chunkSize: UInt32 = 4096
    /// The only message stream of a connection.
    private static let stream: UInt32 = 1

    private(set) var bytesReceived: UInt64 = 0
    private var phase = Phase.handshake
    private var input = ByteBuffer()
    private var handshake: RTMPHandshake
    private var reader = ChunkReader()
    private var replies = RTMPReplyWriter()
    private var flv = FLVWriter()
    private var acknowledged: UInt64 = 0
    private var acknowledgementWindow = UInt64(window)
    private var actions: [Action] = []
    /// FLV of this call, handed on as one buffer.
    private var media = ByteBuffer()

    /// - Parameter random: 1,528 bytes for the handshake.
    init(random: ByteBuffer) { handshake = RTMPHandshake(random: random) }

    var isPublishing: Bool { phase == .publishing }

    mutating func received(_ bytes: ByteBuffer) -> [Action] {
        guard phase != .closed else { return [] }
        bytesReceived += UInt64(bytes.readableBytes)
        input.writeImmutableBuffer(bytes)
        return advance()
    }

    /// The answer to `.authorize`.
    mutating func decided(_ decision: Decision) -> [Action] {
        guard phase == .deciding else { return [] }
        switch decision {
        case .accepted:
            phase = .publishing
            send(replies.streamBegin(Self.stream))
            // Encoders of Flash Media Encoder's family wait for the answer to their FCPublish.
            let code: [AMFProperty] = [
                AMFProperty("code", .string("NetStream.Publish.Start")), AMFProperty("description", .string("publishing")),
            ]
            send(replies.command([.string("onFCPublish"), .number(0), .null, .object(code)], chunkStream: 5, stream: Self.stream))
            send(status("status", "NetStream.Publish.Start", "the stream is on its way"))
        case .busy:
            send(status("error", "NetStream.Publish.BadName", "another encoder is sending with this stream key: stop it first"))
            close(.busy)
        case .unknownKey:
            send(status("error", "NetStream.Publish.BadName", "the stream key is not known here: copy it again from the hall's settings"))
            close(.refusedKey)
        }
        return advance()
    }

    /// Ends the stream from our side while publishing; the encoder's log shows the reason.
    mutating func reject(_ reason: String) -> [Action] {
        guard phase != .closed else { return [] }
        refuse(reason)
        return takeActions()
    }

    private mutating func advance() -> [Action] {
        do throws(RTMPFault) {
            while try step() {}
        } catch {
            close(.fault(error))
        }
        if input.readableBytes == 0 || phase == .closed { input = ByteBuffer() }
        acknowledge()
        return takeActions()
    }

    /// - Returns: whether there may be more to do with the bytes at hand.
    private mutating func step() throws(RTMPFault) -> Bool {
        switch phase {
        case .closed, .deciding: return false
        case .handshake:
            switch try handshake.advance(&input) {
            case .needMore: return false
            case .reply(let bytes): send(bytes)
            case .done: phase = .greeting
            }
            return true
        case .greeting, .connected, .publishing:
            guard let message = try reader.next(&input) else { return false }
            try handle(message)
            return true
        }
    }

    private mutating func takeActions() -> [Action] {
        if media.readableBytes > 0 {
            // In front of whatever ends the stream in the same turn.
            let end = actions.firstIndex { if case .send = $0 { false } else { true } } ?? actions.endIndex
            actions.insert(.media(media), at: end)
            media = ByteBuffer()
        }
        defer { actions = [] }
        return actions
    }

    private mutating func send(_ bytes: ByteBuffer) {
        if case .send(var waiting) = actions.last {
            actions.removeLast()
            waiting.writeImmutableBuffer(bytes)
            actions.append(.send(waiting))
        } else {
            actions.append(.send(bytes))
        }
    }

    private mutating func close(_ closing: Closing) {
        phase = .closed
        actions.append(.close(closing))
    }

    private mutating func refuse(_ reason: String) {
        send(status("error", "NetStream.Publish.Failed", reason))
        close(.fault(.refused(reason)))
    }

    private func status(_ level: String, _ code: String, _ description: String) -> ByteBuffer {
        replies.status(level: level, code: code, description, stream: Self.stream)
    }

    /// RTMP 1.0 §5.4.3; the count is modulo 2³².
    private mutating func acknowledge() {
        guard phase != .closed, phase != .handshake, bytesReceived - acknowledged >= acknowledgementWindow else { return }
        acknowledged = bytesReceived
        send(replies.control(.acknowledgement, UInt32(truncatingIfNeeded: bytesReceived)))
    }
}

// MARK: Messages

extension PublishSession {
    private mutating func handle(_ message: RTMPMessage) throws(RTMPFault) {
        switch message.kind {
        case .windowAcknowledgementSize:
            guard let size = message.payload.getInteger(at: message.payload.readerIndex, as: UInt32.self), size > 0 else { return }
            acknowledgementWindow = UInt64(size)
        case .command, .commandAMF3:
            try command(AMFReader.all(Self.withoutAMF3Marker(message)))
        case .audio, .video, .data, .dataAMF3, .aggregate:
            guard phase == .publishing else { return }
            try publish(message)
        default: break
        }
    }

    /// A command of kind 17 is AMF0 behind a zero byte as long as neither side switches to AMF3.
    private static func withoutAMF3Marker(_ message: RTMPMessage) -> ByteBuffer {
        var payload = message.payload
        let isWrapped = message.kind == .commandAMF3 || message.kind == .dataAMF3
        if isWrapped, payload.getInteger(at: payload.readerIndex, as: UInt8.self) == 0 { payload.moveReaderIndex(forwardBy: 1) }
        return payload
    }

    private mutating func command(_ values: [AMFValue]) throws(RTMPFault) {
        guard let name = values.first?.string else { throw .command("a command without a name") }
        let transaction = values.dropFirst().first?.number ?? 0
        switch (name, phase) {
        case ("connect", .greeting): connect(transaction, values.dropFirst(2).first ?? .null)
        case ("releaseStream", .connected), ("FCPublish", .connected):
            send(replies.command([.string("_result"), .number(transaction), .null, .undefined]))
        case ("createStream", .connected):
            send(replies.command([.string("_result"), .number(transaction), .null, .number(Double(Self.stream))]))
        case ("publish", .connected(let application)): publishCommand(application, values)
        case ("play", _): refuse("Plenary takes streams over RTMP and plays none: watch them over HTTP")
        case ("FCUnpublish", .publishing), ("closeStream", .publishing), ("deleteStream", .publishing):
            actions.append(.finished)
            close(.endedByEncoder)
        case ("publish", .greeting), ("createStream", .greeting): throw .command("\(name) before connect")
        // Encoders send commands that need no reply (_checkbw, onStatus, getStreamLength).
        default: break
        }
    }

    private mutating func connect(_ transaction: Double, _ properties: AMFValue) {
        let application = properties["app"]?.string ?? ""
        guard StreamKey.isKnown(application: application) else {
            let information: [AMFProperty] = [
                AMFProperty("level", .string("error")), AMFProperty("code", .string("NetConnection.Connect.Rejected")),
                AMFProperty("description", .string("the address must be rtmp://HOST/\(StreamKey.application)/KEY")),
            ]
            send(replies.command([.string("_error"), .number(transaction), .null, .object(information)]))
            close(.fault(.refused("the encoder's address is not rtmp://HOST/\(StreamKey.application)/KEY")))
            return
        }
        phase = .connected(application: application)
        send(replies.control(.windowAcknowledgementSize, Self.window))
        send(replies.control(.setPeerBandwidth, Self.window, then: 2))
        send(replies.control(.setChunkSize, Self.chunkSize))
        let server: [AMFProperty] = [AMFProperty("fmsVer", .string("FMS/3,5,7,7009")), AMFProperty("capabilities", .number(31))]
        let information: [AMFProperty] = [
            AMFProperty("level", .string("status")), AMFProperty("code", .string("NetConnection.Connect.Success")),
            AMFProperty("description", .string("connected")), AMFProperty("objectEncoding", .number(0)),
        ]
        send(replies.command([.string("_result"), .number(transaction), .object(server), .object(information)]))
    }

    private mutating func publishCommand(_ application: String, _ values: [AMFValue]) {
        let name = values.count > 3 ? values[3].string ?? "" : ""
        phase = .deciding
        // A missing key gets the same answer as a wrong one.
        actions.append(.authorize(key: StreamKey.find(application: application, name: name) ?? ""))
    }
}

// MARK: Media

extension PublishSession {
    private mutating func publish(_ message: RTMPMessage) throws(RTMPFault) {
        switch message.kind {
        case .audio: try append(.audio, message.timestamp, message.payload)
        case .video: try append(.video, message.timestamp, message.payload)
        case .aggregate: try unpack(message)
        default: try metadata(message)
        }
    }

    private mutating func append(_ tag: FLVWriter.Tag, _ timestamp: UInt32, _ payload: ByteBuffer) throws(RTMPFault) {
        // An empty message says that a track is silent; libavformat has no use for it.
        guard let first = payload.getInteger(at: payload.readerIndex, as: UInt8.self) else { return }
        if let reason = tag == .video ? PublishedCodec.videoFault(first, payload) : PublishedCodec.audioFault(first) {
            refuse(reason)
            return
        }
        flv.append(tag, timestamp: timestamp, payload, to: &media)
    }

    /// `@setDataFrame`, `onMetaData`, values → a script tag without the first string; other data is dropped.
    private mutating func metadata(_ message: RTMPMessage) throws(RTMPFault) {
        var script = Self.withoutAMF3Marker(message)
        var reader = AMFReader(script)
        var name = try reader.value().string
        if name == "@setDataFrame" {
            script = reader.bytes
            name = try reader.value().string
        }
        guard name == "onMetaData" else { return }
        // Read to its end, so that nothing malformed or nested without end reaches the worker.
        _ = try AMFReader.all(reader.bytes)
        flv.append(.script, timestamp: message.timestamp, script, to: &media)
    }

    /// Several tags in one message (RTMP 1.0 §7.1.6): their timestamps count from the message's own.
    private mutating func unpack(_ message: RTMPMessage) throws(RTMPFault) {
        var payload = message.payload
        var offset: UInt32?
        while payload.readableBytes > 0 {
            guard let kind = payload.readInteger(as: UInt8.self), let length = payload.readUInt24(), let low = payload.readUInt24(),
                let high = payload.readInteger(as: UInt8.self), payload.readUInt24() != nil,
                let body = payload.readSlice(length: Int(length)), payload.readInteger(as: UInt32.self) != nil
            else { throw .chunk("an aggregate that ends within a tag") }
            let timestamp = UInt32(high) << 24 | low
            let shift = offset ?? message.timestamp &- timestamp
            offset = shift
            guard let tag = FLVWriter.Tag(rawValue: kind), tag != .script else { continue }
            guard phase == .publishing else { return }
            try append(tag, timestamp &+ shift, body)
        }
    }
}
