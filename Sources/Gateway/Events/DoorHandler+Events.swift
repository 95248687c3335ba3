import NIOCore
import NIOHTTP1

extension DoorHandler {
    /// Answers `events` and `state/…` below a hall. Returns whether the name is one of them.
    func answerEvents(_ name: Substring, of hall: String, query: Substring) -> Bool {
        let isState = name.begins(with: "state/")
        guard isState || name == "events" else { return false }
        guard let room = door.events.room(hall) else {
            if door.shared.control.damage(hall) != nil {
                let detail = "the record of hall “\(hall.prefix(40))” is damaged: there are no votes until it is restored"
                sendLive(.problem(503, detail, retryAfter: 30))
                return true
            }
            sendLive(.problem(404, "there is no hall “\(hall.prefix(40))” with events here"))
            return true
        }
        // Whoever is answered at once does not keep the room.
        defer { door.events.closeIfEmpty(room) }
        if isState { answerState(EventPlace(path: name.dropFirst("state/".count)), room) } else { stream(room, query) }
        return true
    }

    // MARK: State

    private func answerState(_ place: EventPlace?, _ room: EventRoom) {
        guard let place else {
            sendLive(.problem(404, "ask for /live/{hall}/state/{epoch}/{after}, as they were in the last message; any epoch to begin with"))
            return
        }
        switch StateAnswer(place, of: room, canWait: !exchange!.isHead && !door.shared.draining.load(ordering: .relaxed)) {
        case .answer(let answer): sendState(answer)
        case .wait:
            guard door.events.admit() else {
                sendLive(.problem(503, "too many requests are waiting: come back in a moment", retryAfter: 1))
                return
            }
            let hold = StateHold(place: place, deadline: .now() + limits.stateHold, handler: self, room: room)
            listener = hold
            room.enter(hold)
            enter(.held)
        }
    }

    func release(_ hold: StateHold, with answer: Answer) {
        guard listener === hold, context != nil else { return }
        listener = nil
        sendState(answer)
    }

    private func sendState(_ answer: Answer) {
        if let tag = answer.fields.first(name: "etag"), Preconditions.isUnchanged(exchange!.head.headers, etags: tag) {
            var fields = answer.fields
            fields.remove(name: "content-type")
            sendLive(Answer(status: 304, fields: fields, chunks: [], count: 0))
        } else {
            sendLive(answer)
        }
    }

    // MARK: Server-sent events

    private func stream(_ room: EventRoom, _ query: Substring) {
        guard !door.shared.draining.load(ordering: .relaxed), door.events.admit() else {
            sendLive(.problem(503, "too many listen, or the server is closing: come back in a moment", retryAfter: 2))
            return
        }
        // A page that comes back by itself asks for its first address again: what it says of its last event is newer.
        let place = exchange!.head.headers.first(name: "last-event-id").flatMap(EventPlace.init(lastEventID:)) ?? EventPlace(query: query)
        var fields: HTTPHeaders = ["content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"]
        addOrigin(to: &fields)
        let stream = EventStream(handler: self, room: room)
        listener = stream
        room.enter(stream)
        enter(.held)
        keepsAlive = false
        begin(200, fields, serial: exchange!.serial, length: nil)
        if exchange!.isHead {
            stream.left()
            endEvents()
        } else {
            stream.begin(at: place)
            flush()
        }
    }

    var takesEvents: Bool { context != nil && context.channel.isWritable }

    /// Writes a server-sent event, unless the client takes nothing now.
    func write(event: EventText) -> Bool {
        guard takesEvents, exchange != nil else { return false }
        let bytes = exchange!.isChunked ? event.chunk : event.plain
        exchange!.bytesSent += event.plain.readableBytes
        writeBody(bytes)
        flush()
        return true
    }

    /// Ends the body; over HTTP/1.1 the connection closes with it.
    func endEvents() {
        listener = nil
        guard context != nil, exchange != nil else { return }
        endBody()
    }
}
