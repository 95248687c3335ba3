import NIOCore

/// A request for the state after a place that waits for something newer.
final class StateHold: DoorListener {
    let place: EventPlace
    let deadline: NIODeadline
    private unowned let handler: DoorHandler
    private weak var room: EventRoom?

    init(place: EventPlace, deadline: NIODeadline, handler: DoorHandler, room: EventRoom) {
        self.place = place
        self.deadline = deadline
        self.handler = handler
        self.room = room
    }

    func answer(_ answer: Answer) { handler.release(self, with: answer) }
    func writable() {}
    func left() { room?.leave(self) }
}
