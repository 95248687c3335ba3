import EventChannel
import Gateway
import PlenaryConfiguration
import VoteBoard

// The halls' records, as the doors ask for them.
extension Daemon {
    /// The hall's board: where its commands go.
    func board(_ hall: String) -> Board? { records[hall]?.board }

    var council: (any CouncilControl)? {
        CouncilDesk(board: { [self] in board($0) }, title: { [self] hall in halls.first { $0.name == hall }?.title })
    }

    func events(_ hall: String) -> (any EventSource)? { records[hall]?.feed }

    /// From here on the channel has every hall that the daemon has.
    func serve(_ channel: EventChannel, at place: ChannelPlace) {
        let halls = state.withLock { state in
            state.channel = (channel, place)
            return state.config.halls.map(\.name)
        }
        for hall in halls { serve(hall, on: channel) }
    }

    func serve(_ hall: String, on channel: EventChannel?) {
        guard let feed = records[hall]?.feed else { return }
        channel?.open(hall, feed: feed)
    }

    var channel: ChannelPlace? { state.withLock { $0.channel?.place } }
}
