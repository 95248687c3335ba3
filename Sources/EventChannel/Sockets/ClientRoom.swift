/// The clients of one address on one loop, and the log that they are sent. Used only on the loop's thread.
protocol ClientRoom: RoomClients {
    /// Called when the log no longer has what comes next for the client: gives it another place to continue from.
    func recover(_ client: ChannelClient, now: Int64) -> Recovery
}

/// What all rooms have in common.
class RoomClients {
    /// How a client that fell out of the log continues.
    enum Recovery {
        /// A snapshot replaced its queue; it must catch up in time.
        case replaced
        /// It continues further ahead.
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
