/// Whether a wait for an input has lasted too long, as a function of time. All times are microseconds of one steady clock.
///
/// Once expired it stays expired: libav may deliver one more packet after it was interrupted.
struct InputDeadline {
    /// Without a packet for so long an input counts as lost.
    static let silenceLimit: Int64 = 10_000_000
    /// An SRT peer sends keep-alives, and only silence shows that it vanished: the next connection can be accepted before libsrt gives up
    /// the old one.
    static let silenceLimitOfSRT: Int64 = 3_000_000

    private let silence: Int64
    /// The peer decides when it begins: nothing expires before `opened`.
    private var waitsForPeer: Bool
    private var expiry = Int64.max
    /// What the present wait may last.
    private(set) var limit: Int64
    private(set) var hasExpired = false

    /// - Parameters:
    ///   - waitsForPeer: the peer connects or begins to send when it likes.
    ///   - silence: the longest time between two packets once the input is open.
    init(waitsForPeer: Bool, silence: Int64) {
        self.waitsForPeer = waitsForPeer
        self.silence = silence
        limit = silence
    }

    /// A blocking call of opening begins.
    mutating func begin(limit: Int64, at now: Int64) {
        guard !waitsForPeer else { return }
        self.limit = limit
        expiry = now + limit
    }

    mutating func opened(at now: Int64) {
        waitsForPeer = false
        limit = silence
        expiry = now + silence
    }

    mutating func received(at now: Int64) {
        limit = silence
        expiry = now + silence
    }

    /// Expires when the time has passed. - Returns: whether it has expired, now or before.
    mutating func check(at now: Int64) -> Bool {
        if now > expiry { hasExpired = true }
        return hasExpired
    }

    /// Nothing has come for about as long as the protocol's own timeout (5 s for RTSP), which libavformat may report as damaged data.
    func hasBeenQuiet(at now: Int64) -> Bool { expiry != .max && now > expiry - limit * 11 / 20 }
}
