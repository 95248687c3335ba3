/// Clients of one address on one loop, and the log they are sent. Touched by the loop's thread alone.
class ClientRoom {
    /// What became of a client that fell out of the log.
    enum Recovery {
        /// A snapshot took its queue's place; it must catch up in time.
        case replaced
        /// It goes on further ahead.
        case skipped
    }

    let name: String
    final var log: ByteLog
    final private(set) var clients: [ChannelClient] = []
    final var isDirty = false

    init(name: String, log: ByteLog) {
        self.name = name
        self.log = log
    }

    final func enter(_ client: ChannelClient) {
        client.room = self
        client.index = clients.count
        clients.append(client)
    }

    func leave(_ client: ChannelClient) {
        guard client.room === self else { return }
        client.room = nil
        let last = clients.removeLast()
        if last !== client {
            clients[client.index] = last
            last.index = client.index
        }
    }

    /// What comes next for the client has left the log.
    func recover(_ client: ChannelClient, now: Int64) -> Recovery { fatalError("every room says what it does for a client that is lost") }
}
