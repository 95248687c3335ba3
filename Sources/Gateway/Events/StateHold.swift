import NIOCore

/// A request for the state after a place that waits for something newer.
final class StateHold: DoorListener {
    let place: EventPlace
    let deadline: NIODeadline
    private unowned let server: RequestServer
    private weak var room: EventRoom?

    init(place: EventPlace, deadline: NIODeadline, server: RequestServer, room: EventRoom) {
        self.place = place
        self.deadline = deadline
        self.server = server
        self.room = room
    }

    func answer(_ answer: Answer) { server.release(self, with: answer) }
    func writable() {}
    func left() { room?.leave(self) }
}
