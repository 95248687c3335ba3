import NIOCore
import NIOHTTP1

extension RequestServer {
    /// Answers `events` and `state/…` below a hall. Returns whether the name is one of them.
    func answerEvents(_ request: RequestHeader, _ name: Substring, of hall: String, query: Substring) -> Bool {
        let isState = name.begins(with: "state/")
        guard isState || name == "events" else { return false }
        guard let room = door.events.room(hall) else {
            if door.shared.control.damage(hall) != nil {
                let detail = "the record of hall “\(hall.prefix(40))” is damaged: there are no votes until it is restored"
                sendLive(.problem(503, detail, retryAfter: 30), to: request)
                return true
            }
            sendLive(.problem(404, "there is no hall “\(hall.prefix(40))” with events here"), to: request)
            return true
        }
        // Whoever is answered at once does not keep the room.
        defer { door.events.closeIfEmpty(room) }
        if isState {
            answerState(request, EventPlace(path: name.dropFirst("state/".count)), room)
        } else {
            listen(request, room, query)
        }
        return true
    }

    // MARK: State

    private func answerState(_ request: RequestHeader, _ place: EventPlace?, _ room: EventRoom) {
        guard let place else {
            let detail = "ask for /live/{hall}/state/{epoch}/{after}, as they were in the last message; any epoch to begin with"
            sendLive(.problem(404, detail), to: request)
            return
        }
        switch StateAnswer(place, of: room, canWait: !request.isHead && !isDraining) {
        case .answer(let answer): sendState(answer, to: request)
        case .wait:
            guard door.events.admit() else {
                sendLive(.problem(503, "too many requests are waiting: come back in a moment", retryAfter: 1), to: request)
                return
            }
            let hold = StateHold(place: place, deadline: .now() + limits.stateHold, server: self, room: room)
            room.enter(hold)
            machine.wait(for: .events(hold))
        }
    }

    func release(_ hold: StateHold, with answer: Answer) {
        guard let request = machine.released(by: hold) else { return }
        sendState(answer, to: request)
    }

    private func sendState(_ answer: Answer, to request: RequestHeader) {
        if let tag = answer.fields.first(name: "etag"), Preconditions.isUnchanged(request.head.headers, etags: tag) {
            var fields = answer.fields
            fields.remove(name: "content-type")
            sendLive(Answer(status: 304, fields: fields, chunks: [], count: 0), to: request)
        } else {
            sendLive(answer, to: request)
        }
    }

    // MARK: Server-sent events

    private func listen(_ request: RequestHeader, _ room: EventRoom, _ query: Substring) {
        guard !isDraining, door.events.admit() else {
            sendLive(.problem(503, "too many listen, or the server is closing: come back in a moment", retryAfter: 2), to: request)
            return
        }
        // A page that comes back by itself asks for its first address again: what it says of its last event is newer.
        let place = request.head.headers.first(name: "last-event-id").flatMap(EventPlace.init(lastEventID:)) ?? EventPlace(query: query)
        var fields: HTTPHeaders = ["content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"]
        addOrigin(to: &fields, for: request)
        let events = EventStream(server: self, room: room)
        room.enter(events)
        machine.wait(for: .events(events))
        stream(200, fields, length: nil, isLast: true, serial: machine.serial)
        if request.isHead {
            events.left()
            endEvents()
        } else {
            events.begin(at: place)
            wire?.flush()
        }
    }

    var takesEvents: Bool { wire?.isWritable ?? false }

    /// Writes a server-sent event, unless the client takes nothing now.
    func write(event: EventText) -> Bool {
        guard let wire, wire.isWritable, let isChunk = machine.made(event.plain.readableBytes, serial: machine.serial) else { return false }
        // Many get the same event: the chunk around it is made once.
        wire.writeBody(isChunk ? event.chunk : event.plain, isChunk: false)
        wire.flush()
        return true
    }

    /// Ends the body; over HTTP/1.1 the connection closes with it.
    func endEvents() { endStream(serial: machine.serial) }
}
