/// Clients of one address on one loop, and the log they are sent. Touched by the loop's thread alone.
protocol ClientRoom: RoomClients {
    /// What comes next for the client has left the log: gives it another place to go on from.
    func recover(_ client: ChannelClient, now: Int64) -> Recovery
}

/// What all rooms keep of their clients.
class RoomClients {
    /// What became of a client that fell out of the log.
    enum Recovery {
        /// A snapshot took its queue's place; it must catch up in time.
        case replaced
        /// It goes on further ahead.
        case skipped
    }

    let name: String
    final var log: ByteLog
    final fileprivate(set) var clients: [ChannelClient] = []
    final var isDirty = false

    init(name: String, log: ByteLog) {
        self.name = name
        self.log = log
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
}

extension ClientRoom {
    func enter(_ client: ChannelClient) {
        client.room = self
        client.index = clients.count
        clients.append(client)
    }
}
