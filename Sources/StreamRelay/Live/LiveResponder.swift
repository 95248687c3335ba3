import NIOCore

/// Answers requests from a window; caches the playlists that were rendered since its last change.
package struct LiveResponder: Sendable {
    private struct Key: Hashable {
        var rendition: Int
        var skip: Bool
    }
    private struct Rendered {
        var chunks: [ByteBuffer]
        var etag: String

        init(_ bytes: ByteBuffer) {
            chunks = [bytes]
            etag = PlaylistText.etag(bytes)
        }
    }
    private var media: [Key: Rendered] = [:]
    private var multivariant: Rendered?

    package init() {}

    /// The window has changed: drops the cached playlists.
    package mutating func invalidate() {
        media.removeAll(keepingCapacity: true)
        multivariant = nil
    }

    package mutating func answer(
        _ name: LiveName, query: Substring, window: LiveWindow, audioNames: [String], camera: StreamInitialization?
    ) -> LiveAnswer {
        switch name {
        case .multivariant: return multivariantAnswer(window, audioNames: audioNames, camera: camera)
        case .playlist(let rendition): return playlistAnswer(rendition, query: query, window: window)
        case .initialization(let number, let rendition):
            return mediaAnswer(window.initialization(number, rendition: rendition), name, rendition, window)
        case .segment(let sequence, let rendition):
            return mediaAnswer(window.segment(sequence, rendition: rendition), name, rendition, window)
        case .part(let part, let rendition): return mediaAnswer(window.part(part, rendition: rendition), name, rendition, window)
        // Not in the window: `RelaySupervision.poster` answers it.
        case .poster: return mediaAnswer(.unknown, name, 0, window)
        }
    }

    /// How long a request may wait: three target durations (RFC 8216bis §6.2.5.2).
    private func limit(_ window: LiveWindow) -> TimeAmount { .seconds(3 * Int64(window.targets.targetDuration)) }

    private mutating func multivariantAnswer(_ window: LiveWindow, audioNames: [String], camera: StreamInitialization?) -> LiveAnswer {
        guard let described = camera ?? window.currentInitialization.flatMap({ window.initializations[$0] }) else {
            return .refused(LiveRequestRefusal(status: 503, reason: "the picture has not come yet", retryAfter: 1))
        }
        let rendered =
            multivariant ?? Rendered(MultivariantPlaylist.render(described, bandwidth: window.bandwidth, audioNames: audioNames))
        multivariant = rendered
        return .ready(LiveResource(chunks: rendered.chunks, kind: .playlist, etag: rendered.etag, maxAge: 1, immutable: false))
    }

    private mutating func playlistAnswer(_ rendition: Int, query: Substring, window: LiveWindow) -> LiveAnswer {
        guard rendition < window.renditionCount else {
            return .refused(LiveRequestRefusal(status: 404, reason: "the camera has no audio track \(rendition + 1)"))
        }
        let directives: DeliveryDirectives
        do { directives = try DeliveryDirectives(query: query) } catch {
            return .refused(LiveRequestRefusal(status: 400, reason: error.reason))
        }
        switch BlockingReload.decide(directives, window: window) {
        case .hold: return .hold(limit: limit(window))
        case .tooFar(let reason): return .refused(LiveRequestRefusal(status: 400, reason: reason))
        case .now: break
        }
        let key = Key(rendition: rendition, skip: directives.skip)
        let rendered: Rendered
        if let known = media[key] {
            rendered = known
        } else {
            rendered = Rendered(MediaPlaylist.render(window, rendition: rendition, skip: directives.skip))
            media[key] = rendered
        }
        // The answer to a blocking request never changes; a plain one is valid for less than a part (§6.2.5.2, and Apple's six target durations).
        let plain = min(1, Int(window.targets.partTarget / 180_000))
        let age = directives.mediaSequence != nil && !window.isEnded ? 6 * window.targets.targetDuration : plain
        return .ready(LiveResource(chunks: rendered.chunks, kind: .playlist, etag: rendered.etag, maxAge: age, immutable: false))
    }

    private func mediaAnswer(_ media: LiveMedia, _ name: LiveName, _ rendition: Int, _ window: LiveWindow) -> LiveAnswer {
        switch media {
        case .chunks(let chunks):
            let hasPicture =
                window.currentInitialization.flatMap { window.initializations[$0]?.renditions.first }.map { $0.width > 0 } ?? true
            let type = rendition == 0 && hasPicture ? "video/mp4" : "audio/mp4"
            let etag = "\"" + name.text + "\""
            return .ready(LiveResource(chunks: chunks, kind: .media(contentType: type), etag: etag, maxAge: 86_400, immutable: true))
        case .expected: return .hold(limit: limit(window))
        case .gone: return .refused(LiveRequestRefusal(status: 410, reason: "it has left the live window"))
        case .unknown: return .refused(LiveRequestRefusal(status: 404, reason: "there is no media under this name"))
        }
    }
}
