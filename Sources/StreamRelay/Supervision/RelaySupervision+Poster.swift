import NIOCore

/// The still of the hall that other sites and lists show: only what viewers may see now.
extension RelaySupervision {
    struct Still: Sendable {
        let jpeg: ByteBuffer
        let etag: String
        /// Monotonic, of its frame.
        let takenAt: Int64

        init(_ jpeg: ByteBuffer, takenAt: Int64) {
            self.jpeg = jpeg
            self.takenAt = takenAt
            etag = PlaylistText.etag(jpeg)
        }
    }

    /// An older still is renewed on request only; a hall without requests costs nothing.
    static let stillInterval = Int64.seconds(10)
    /// How long a request waits for the newer one (a keyframe comes every two seconds or so) before it gets the old one.
    static let stillPatience = Int64.seconds(4)
    /// The worker is asked again after so long.
    static let stillPause = Int64.seconds(2)
    /// A still of a camera that is lost is shown for so long.
    static let stillAge = Int64.seconds(60)
    /// Seconds a cache may keep it: less than from one to the next.
    private static let posterMaxAge = 5

    /// Takes a still, unless the hall was hidden when its frame came: it may have been under way when the sitting was shown again.
    mutating func take(_ poster: Poster) {
        guard phase == .running, let camera, !camera.isMuted, !wantsCard, poster.takenAt * 1_000 >= stillsFrom else { return }
        still = Still(poster.jpeg, takenAt: poster.takenAt * 1_000)
        stillWantedSince = nil
        stillAskedAt = nil
    }

    /// No still that was taken until now may be published any more.
    mutating func forgetStill(_ now: Moment) {
        still = nil
        stillsFrom = now.monotonic
        stillWantedSince = nil
        stillAskedAt = nil
    }

    /// Answers a request for the still, and has an old one renewed.
    package mutating func poster(_ now: Moment) -> (answer: LiveAnswer, actions: [Action]) {
        let actions = renewStill(now)
        return (posterAnswer(now), actions)
    }

    private mutating func renewStill(_ now: Moment) -> [Action] {
        guard phase == .running, !wantsCard, camera != nil, isOld(still, now) else { return [] }
        stillWantedSince = stillWantedSince ?? now.monotonic
        guard stillAskedAt.map({ now.monotonic - $0 >= Self.stillPause }) ?? true else { return [] }
        stillAskedAt = now.monotonic
        return [.send(.renewPoster)]
    }

    private func isOld(_ still: Still?, _ now: Moment) -> Bool { still.map { now.monotonic - $0.takenAt >= Self.stillInterval } ?? true }

    private func posterAnswer(_ now: Moment) -> LiveAnswer {
        guard phase == .running else { return Self.noPoster("the stream is not running") }
        if wantsCard || isCardOnAir {
            return cardStill.map(Self.poster) ?? Self.noPoster("the card is on air, and there is no picture of it")
        }
        guard let still, air == .camera || now.monotonic - still.takenAt < Self.stillAge else {
            return Self.noPoster("there is no picture of the hall yet")
        }
        let isRenewed = stillWantedSince.map { now.monotonic - $0 < Self.stillPatience } ?? false
        return isRenewed && air == .camera ? .hold(limit: .seconds(5)) : Self.poster(still)
    }

    private static func poster(_ still: Still) -> LiveAnswer {
        .ready(
            LiveResource(
                chunks: [still.jpeg], kind: .media(contentType: "image/jpeg"), etag: still.etag, maxAge: posterMaxAge, immutable: false))
    }

    private static func noPoster(_ reason: String) -> LiveAnswer { .refused(LiveRequestRefusal(status: 404, reason: reason)) }
}
