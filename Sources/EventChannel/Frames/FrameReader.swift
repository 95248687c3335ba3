/// Reads what a client sends after the upgrade (RFC 6455 §5), byte by byte as it comes. Holds at most one message of `messageLimit`.
struct FrameReader {
    enum Event: Equatable {
        case ping([UInt8])
        case pong
        /// A complete message. Its payload is ignored: the channel only sends.
        case message(isText: Bool, count: Int)
        /// `code` is what to answer with; `nil` when the client gave none.
        case close(code: UInt16?)
        /// The connection cannot go on.
        case fault(CloseCode, String)
    }

    private enum Step {
        /// `needed` counts the bytes of the header once its second byte tells.
        case header(needed: Int)
        case payload(left: Int)
        case stopped
    }

    private static let controlLimit = 125
    /// Most fragments of one message; 4 KiB need no more.
    private static let fragmentLimit = 64

    private let messageLimit: Int
    private var step = Step.header(needed: 2)
    private var header: [UInt8] = []
    private var opcode: UInt8 = 0
    private var isFinal = false
    private var mask: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
    private var position = 0
    private var control: [UInt8] = []
    /// The message being received: its opcode, length so far and fragments.
    private var message: (opcode: UInt8, count: Int, fragments: Int)?
    private var text = UTF8Check()

    init(messageLimit: Int) { self.messageLimit = messageLimit }

    /// After a fault or a close frame nothing more is read.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            switch step {
            case .stopped: return events
            case .header(let needed):
                header.append(byte)
                if header.count == 2, let fault = readOpening() {
                    stop(fault, &events)
                } else if header.count == 2 {
                    step = .header(needed: 6 + (header[1] & 0x7F == 126 ? 2 : header[1] & 0x7F == 127 ? 8 : 0))
                } else if header.count == needed {
                    readLength(&events)
                }
            case .payload(let left): readPayload(byte, left, &events)
            }
        }
        return events
    }

    private mutating func stop(_ event: Event, _ events: inout [Event]) {
        events.append(event)
        step = .stopped
    }

    /// The first two bytes decide most faults, before anything else of the frame came (§5.2).
    private mutating func readOpening() -> Event? {
        isFinal = header[0] & 0x80 != 0
        opcode = header[0] & 0x0F
        let length = header[1] & 0x7F
        if header[0] & 0x70 != 0 { return .fault(.protocolError, "a reserved bit is set: no extension was agreed on") }
        if header[1] & 0x80 == 0 { return .fault(.protocolError, "a client's frames must be masked") }
        switch opcode {
        case 0 where message == nil: return .fault(.protocolError, "a continuation of no message")
        case 1, 2:
            if message != nil { return .fault(.protocolError, "a new message within a fragmented one") }
        case 0: break
        case 8, 9, 10:
            if !isFinal { return .fault(.protocolError, "a control frame must not be fragmented") }
            if length > Self.controlLimit { return .fault(.protocolError, "a control frame holds 125 bytes at most") }
        default: return .fault(.protocolError, "opcode \(opcode) is reserved")
        }
        return nil
    }

    private mutating func readLength(_ events: inout [Event]) {
        let count = header.count
        mask = (header[count - 4], header[count - 3], header[count - 2], header[count - 1])
        position = 0
        var length = UInt64(header[1] & 0x7F)
        if length >= 126 { length = header[2..<(count - 4)].reduce(0) { $0 << 8 | UInt64($1) } }
        header.removeAll(keepingCapacity: true)
        control.removeAll(keepingCapacity: true)
        // §5.2: the most significant bit must be 0.
        if length >> 63 != 0 { return stop(.fault(.protocolError, "a length of 2⁶³ or more"), &events) }
        if opcode < 8 {
            if opcode != 0 {
                message = (opcode, 0, 0)
                text = UTF8Check()
            }
            message!.fragments += 1
            if length > UInt64(messageLimit - message!.count) {
                return stop(.fault(.tooBig, "a message holds \(messageLimit) bytes at most"), &events)
            }
            if message!.fragments > Self.fragmentLimit { return stop(.fault(.policy, "a message in too many fragments"), &events) }
            message!.count += Int(length)
        }
        if length == 0 { endFrame(&events) } else { step = .payload(left: Int(length)) }
    }

    private mutating func readPayload(_ byte: UInt8, _ left: Int, _ events: inout [Event]) {
        let key =
            switch position & 3 {
            case 0: mask.0
            case 1: mask.1
            case 2: mask.2
            default: mask.3
            }
        position += 1
        let plain = byte ^ key
        if opcode >= 8 {
            control.append(plain)
        } else if message!.opcode == 1, !text.take(plain) {
            return stop(.fault(.notUTF8, "text must be UTF-8"), &events)
        }
        if left == 1 { endFrame(&events) } else { step = .payload(left: left - 1) }
    }

    private mutating func endFrame(_ events: inout [Event]) {
        step = .header(needed: 2)
        switch opcode {
        case 8: stop(Self.closing(control), &events)
        case 9: events.append(.ping(control))
        case 10: events.append(.pong)
        default:
            guard isFinal, let whole = message else { return }
            message = nil
            if whole.opcode == 1, !text.isBetweenCharacters { return stop(.fault(.notUTF8, "text must be UTF-8"), &events) }
            events.append(.message(isText: whole.opcode == 1, count: whole.count))
        }
    }

    /// §5.5.1, §7.4.
    private static func closing(_ payload: [UInt8]) -> Event {
        switch payload.count {
        case 0: return .close(code: nil)
        case 1: return .fault(.protocolError, "half a close code")
        default:
            let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
            guard CloseCode.mayBeSent(code) else { return .fault(.protocolError, "close code \(code) is not for the wire") }
            guard UTF8Check.isValid(payload[2...]) else { return .fault(.notUTF8, "a close reason must be UTF-8") }
            return .close(code: code)
        }
    }
}
