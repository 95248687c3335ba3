import Commons

/// One connection, from accept to close. Used only on its loop's thread.
final class ChannelClient {
    enum Phase {
        /// The upgrade request is coming in.
        case asking([UInt8])
        case listening
        /// Our close frame is on its way; the client's has come when `isMutual`.
        case parting(isMutual: Bool)
        /// An HTTP response was sent; further input is discarded until the client closes.
        case answered
    }

    let id: Int
    let peer: PeerKey?
    /// libwebsockets' handle; `nil` before the socket is adopted and after it is closed.
    var handle: OpaquePointer?
    var phase = Phase.asking([])
    /// When the phase began, and when bytes last arrived; milliseconds.
    var since: Int64
    var heardAt: Int64
    var room: (any ClientRoom)?
    /// Its index in the room's list.
    var index = 0
    // The fields that a fan-out reads are kept together: with thousands of clients they are seldom in the cache.
    var queue = SendQueue()
    /// When the socket stopped accepting bytes; `nil` while it accepts them.
    var stalledSince: Int64?
    /// The descriptor of a plain connection, to which bytes may be written directly; -1 with TLS.
    var socket: Int32 = -1
    /// libwebsockets buffers bytes that the kernel did not accept.
    var isBlocked = false
    var isDoomed = false
    var reader: FrameReader
    /// Deadline to catch up with the log after a snapshot replaced its queue.
    var catchUpBy: Int64?
    var pings: (count: Int, since: Int64)
    /// Why it was closed; `nil` when the client closed it.
    var end: ChannelEnd?

    init(id: Int, peer: PeerKey?, now: Int64, limits: ChannelLimits) {
        self.id = id
        self.peer = peer
        since = now
        heardAt = now
        pings = (0, now)
        reader = FrameReader(messageLimit: limits.messageBytes)
    }

    /// The next deadline, and the reason for closing when it passes.
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
