internal import CFFmpeg
import NIOCore

/// What libav's blocking calls ask through the interrupt callback: whether to go on waiting. Keeps the heartbeat and reads commands
/// meanwhile; ends a wait that lasts too long or that was redirected to another host.
final class InputWatch {
    private let link: DaemonLink
    private(set) var deadline: InputDeadline
    private var redirects = RedirectGuard()
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private var urlSeen: UnsafeMutablePointer<CChar>?
    private var feed = FeedBuffer()

    var redirectedTo: String? { redirects.redirectedTo }

    init(link: DaemonLink, deadline: InputDeadline) {
        self.link = link
        self.deadline = deadline
    }

    func observe(_ context: UnsafeMutablePointer<AVFormatContext>) { self.context = context }

    /// A blocking call of opening begins, to be over in `limit` microseconds.
    func begin(limit: Int64 = InputDeadline.silenceLimit) { deadline.begin(limit: limit, at: Clock.steady()) }

    /// The input is open and its tracks are known.
    func opened() { deadline.opened(at: Clock.steady()) }

    func received() {
        deadline.received(at: Clock.steady())
        // with the first packet everything is open: no redirect can follow
        context = nil
    }

    func isOver() -> Bool {
        if link.turn() || deadline.hasExpired || redirectedTo != nil { return true }
        if wasRedirected() { return true }
        return deadline.check(at: Clock.steady())
    }

    private func wasRedirected() -> Bool {
        guard let url = context?.pointee.url, url != urlSeen else { return false }
        urlSeen = url
        return redirects.check(String(cString: url))
    }

    /// An encoder's bytes, for libavformat's reader. - Returns: their number, or one of libav's error codes.
    func readFeed(into space: UnsafeMutableRawBufferPointer) -> Int32 {
        while true {
            let count = feed.read(into: space)
            if count > 0 { return Int32(count) }
            let arrived = link.takeFeed()
            if !arrived.isEmpty {
                feed.append(arrived)
                continue
            }
            if link.feedEnded { return CFF_ERROR_EOF }
            if isOver() { return CFF_ERROR_EXIT }
            link.turn(waitMilliseconds: 100)
        }
    }
}
