import Commons

/// One connection, from its acceptance to its end. Touched by its loop's thread alone.
final class ChannelClient {
    enum Phase {
        /// The upgrade request is coming in.
        case asking([UInt8])
        case listening
        /// Our close frame is on its way; the client's has come when `isMutual`.
        case parting(isMutual: Bool)
        /// An HTTP answer was given; what still comes is thrown away until the client closes.
        case answered
    }

    let id: Int
    let peer: PeerKey?
    /// libwebsockets' handle; `nil` before its adoption and after its end.
    var handle: OpaquePointer?
    var phase = Phase.asking([])
    /// Since when it is in its phase, and when it was last heard; milliseconds.
    var since: Int64
    var heardAt: Int64
    var room: (any ClientRoom)?
    /// Where it stands in the room's list.
    var index = 0
    // What a message to everybody looks at stands together: a crowd's clients are seldom in the cache.
    var queue = SendQueue()
    /// Since when the socket takes nothing although bytes wait.
    var stalledSince: Int64?
    /// The descriptor where bytes may go straight to the kernel: of a plain connection; -1 for TLS.
    var socket: Int32 = -1
    /// libwebsockets keeps bytes that the kernel did not take.
    var isBlocked = false
    var isDoomed = false
    var reader: FrameReader
    /// Until when it must have caught up with the log after a snapshot took its queue's place.
    var catchUpBy: Int64?
    var pings: (count: Int, since: Int64)
    /// Why it ends; `nil` is the client's own wish.
    var end: ChannelEnd?

    init(id: Int, peer: PeerKey?, now: Int64, limits: ChannelLimits) {
        self.id = id
        self.peer = peer
        since = now
        heardAt = now
        pings = (0, now)
        reader = FrameReader(messageLimit: limits.messageBytes)
    }

    /// When something is overdue, and what that means.
    func deadline(_ limits: ChannelLimits) -> (at: Int64, end: ChannelEnd) {
        switch phase {
        case .asking: return (since + limits.handshakeDeadline, .late)
        case .parting, .answered: return (since + limits.closeDeadline, end ?? .left)
        case .listening:
            var first = (at: heardAt + limits.silenceDeadline, end: ChannelEnd.silent)
            if let stalledSince, stalledSince + limits.stallDeadline < first.at { first = (stalledSince + limits.stallDeadline, .slow) }
            if let catchUpBy, catchUpBy < first.at { first = (catchUpBy, .slow) }
            return first
        }
    }

    /// Whether one more ping is within the limit.
    func mayPing(now: Int64, limits: ChannelLimits) -> Bool {
        if now - pings.since > 10_000 { pings = (0, now) }
        pings.count += 1
        return pings.count <= limits.pingsPerTenSeconds
    }
}
