import Commons
import NIOCore

/// An answer that goes on for longer than the request.
protocol DoorListener: AnyObject {
    /// The connection takes bytes again.
    func writable()
    /// The client disconnected.
    func left()
}

/// One client of a hall's events over HTTP. What it does not accept is queued up to a limit, beyond which the latest snapshot replaces it.
final class EventStream: DoorListener {
    private static let messages = 64
    private static let bytes = 256 * 1024

    private unowned let server: RequestServer
    private weak var room: EventRoom?
    private var waiting = CircularBuffer<EventText>()
    private var waitingBytes = 0
    private var isLost = false
    /// The sequence that the client has after all that was written or waits.
    private(set) var sequence: Int64 = .min

    init(server: RequestServer, room: EventRoom) {
        self.server = server
        self.room = room
    }

    /// The first messages: what it missed, or the snapshot.
    func begin(at place: EventPlace?) {
        guard let room else { return }
        // Not all at the same moment when the daemon restarts.
        put(EventText(retry: Int.random(in: 500...5000)))
        if let place, let missed = room.source.deltas(epoch: place.epoch, after: place.after), missed.count <= Self.messages {
            sequence = place.after
            for message in missed { take(message, room.text(of: message)) }
            if missed.isEmpty { tick(room.tick()) }
        } else {
            giveSnapshot(room)
        }
    }

    /// A message that was published. One that the snapshot held already is passed over, unless it leads from a sequence to itself (a new day): such a patch
    /// can be applied twice.
    func take(_ message: EncodedMessage, _ text: EventText) {
        guard !isLost else { return }
        guard message.sequence > sequence || (message.sequence == sequence && message.after == sequence) else { return }
        guard message.after == sequence else { return lose() }
        sequence = message.sequence
        put(text)
    }

    /// A tick before the message that it names would look like a loss.
    func tick(_ tick: (message: EncodedMessage, text: EventText)) {
        if !isLost, tick.message.sequence <= sequence { put(tick.text) }
    }

    private func put(_ text: EventText) {
        if waiting.isEmpty, server.write(event: text) { return }
        waiting.append(text)
        waitingBytes += text.plain.readableBytes
        if waiting.count > Self.messages || waitingBytes > Self.bytes { lose() }
    }

    private func lose() {
        waiting.removeAll()
        waitingBytes = 0
        isLost = true
        room?.door.counters.eventsReplaced += 1
        writable()
    }

    private func giveSnapshot(_ room: EventRoom) {
        let snapshot = room.snapshot()
        sequence = snapshot.message.sequence
        put(snapshot.text)
    }

    func writable() {
        while let first = waiting.first {
            guard server.write(event: first) else { return }
            waiting.removeFirst()
            waitingBytes -= first.plain.readableBytes
        }
        if isLost, server.takesEvents, let room {
            isLost = false
            giveSnapshot(room)
        }
    }

    func left() { room?.leave(self) }

    /// The daemon shuts down: the page reconnects within the retry window.
    func end() {
        _ = server.write(event: EventText(retry: Int.random(in: 500...15_000)))
        server.endEvents()
    }
}
