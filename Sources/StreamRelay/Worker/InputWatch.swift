internal import CFFmpeg
import NIOCore

/// Stands beside libav's blocking calls: keeps the heartbeat, takes in commands, and ends a wait that lasts too long or went to
/// another host. Once over it stays over: libav may deliver one more packet after an interrupt.
final class InputWatch {
    /// Microseconds without a packet after which the camera counts as lost.
    static let silenceLimit: Int64 = 10_000_000
    /// An SRT peer sends all the time, and when it vanished only silence tells: a new connection may be taken sooner than libsrt gives up the old.
    static let silenceLimitOfSRT: Int64 = 3_000_000

    private let link: DaemonLink
    private var patient: Bool
    private var deadline = Int64.max
    /// Microseconds the present wait may last.
    private(set) var limit = silenceLimit
    private let silenceLimit: Int64
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private var urlSeen: UnsafeMutablePointer<CChar>?
    private var host: String?
    private var feed = ByteBuffer()
    private var feedQueue: [ByteBuffer] = []

    private(set) var isSilent = false
    private(set) var redirectedHost: String?
    var wasRedirected: Bool { redirectedHost != nil }

    /// - Parameters:
    ///   - patient: the other side decides when it begins; no deadline until it has.
    ///   - silence: microseconds without a packet, once the camera is open.
    init(link: DaemonLink, patient: Bool, silence: Int64) {
        self.link = link
        self.patient = patient
        silenceLimit = silence
    }

    func observe(_ context: UnsafeMutablePointer<AVFormatContext>) { self.context = context }

    /// A blocking call of opening begins, to be over in `limit` microseconds.
    func begin(limit: Int64 = InputWatch.silenceLimit) {
        guard !patient else { return }
        self.limit = limit
        deadline = Clock.steady() + limit
    }

    func noteProgress() {
        limit = silenceLimit
        deadline = Clock.steady() + limit
        // with the first packet everything is open; there is nobody left to be redirected to
        context = nil
    }

    func becomesImpatient() {
        patient = false
        limit = silenceLimit
        deadline = Clock.steady() + limit
    }

    /// Nothing has come for about as long as the protocol's own deadline, which libavformat may report as damaged data.
    var hasBeenQuiet: Bool { deadline != .max && Clock.steady() > deadline - limit * 11 / 20 }

    func isOver() -> Bool {
        if link.turn() || isSilent || wasRedirected { return true }
        if leftItsHost() { return true }
        if Clock.steady() > deadline { isSilent = true }
        return isSilent
    }

    /// Looks whether libavformat follows an RTSP redirect to another host or scheme.
    private func leftItsHost() -> Bool {
        guard let url = context?.pointee.url, url != urlSeen else { return false }
        urlSeen = url
        let now = Self.authority(of: String(cString: url))
        guard let host else {
            self.host = now
            return false
        }
        if now != host { redirectedHost = now }
        return wasRedirected
    }

    /// Scheme and host in lower case, without user and port.
    static func authority(of url: String) -> String {
        guard let mark = url.firstRange(of: "://") else { return url }
        var rest = url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if rest.first == "[" {
            rest = rest.prefix { $0 != "]" }
        } else if let colon = rest.lastIndex(of: ":") {
            rest = rest[..<colon]
        }
        return url[..<mark.lowerBound].lowercased() + "://" + rest.lowercased()
    }

    /// An encoder's bytes, as the daemon hands them on.
    func readFeed(into space: UnsafeMutableRawBufferPointer) -> Int32 {
        while true {
            if feed.readableBytes > 0 {
                let count = min(space.count, feed.readableBytes)
                feed.readWithUnsafeReadableBytes { bytes in
                    space.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                    return count
                }
                return Int32(count)
            }
            if !feedQueue.isEmpty {
                feed = feedQueue.removeFirst()
                continue
            }
            feedQueue = link.takeFeed()
            if !feedQueue.isEmpty { continue }
            if link.feedEnded { return CFF_ERROR_EOF }
            if isOver() { return CFF_ERROR_EXIT }
            link.turn(waitMilliseconds: 100)
        }
    }
}
