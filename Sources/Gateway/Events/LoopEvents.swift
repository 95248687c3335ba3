import NIOCore

/// The rooms of one loop: a hall has one while somebody on the loop listens.
final class LoopEvents {
    private unowned let door: LoopDoor
    private var rooms: [String: EventRoom] = [:]

    init(door: LoopDoor) { self.door = door }

    /// The hall's room, observed before it is asked for anything; `nil` when the hall has no events.
    func room(_ hall: String) -> EventRoom? {
        guard let source = door.shared.control.events(hall) else { return nil }
        if let room = rooms[hall], room.source === source { return room }
        // A reload of the config put another source in its place: those who listened come back.
        rooms.removeValue(forKey: hall)?.drain()
        let room = EventRoom(door: door, hall: hall, source: source)
        rooms[hall] = room
        return room
    }

    /// Whether one more may wait or listen; what is entered leaves through `left`.
    func admit() -> Bool {
        let shared = door.shared
        guard shared.heldRequests.load(ordering: .relaxed) < shared.limits.heldRequests else {
            door.counters.holdsRefused += 1
            return false
        }
        shared.heldRequests.wrappingAdd(1, ordering: .relaxed)
        return true
    }

    func left(_ room: EventRoom) {
        door.shared.heldRequests.wrappingSubtract(1, ordering: .relaxed)
        closeIfEmpty(room)
    }

    func closeIfEmpty(_ room: EventRoom) {
        guard room.isEmpty else { return }
        room.close()
        if rooms[room.hall] === room { rooms[room.hall] = nil }
    }

    func sweep(now: NIODeadline) {
        for room in Array(rooms.values) {
            // The hall is gone, or is another one now.
            if door.shared.control.events(room.hall) !== room.source { room.drain() } else { room.sweep(now: now) }
        }
    }

    func drain() { for room in Array(rooms.values) { room.drain() } }
}
