import NIOCore
import NIOHTTP1
import StreamRelay

extension DoorHandler {
    private static let methods = "GET, HEAD, OPTIONS"

    /// Answers below `/live/` at once, from memory, or holds the request.
    func answerLive(_ target: RequestTarget) {
        switch exchange!.head.method {
        case .GET, .HEAD: break
        case .OPTIONS:
            sendLive(Answer(status: 204, fields: preflight(), chunks: [], count: 0))
            return
        default:
            sendLive(.problem(405, "live video is read with GET or HEAD", allow: Self.methods))
            return
        }
        let below = target.path.utf8.dropFirst("/live/".utf8.count)
        guard let slash = below.firstIndex(of: UInt8(ascii: "/")) else {
            sendLive(.problem(404, "name what you want of the hall: /live/{hall}/index.m3u8"))
            return
        }
        let hall = String(target.path[below.startIndex..<slash])
        let name = target.path[below.index(after: slash)...]
        if answerEvents(name, of: hall, query: target.query) { return }
        guard let source = door.shared.control.live(hall) else {
            sendLive(.problem(404, "there is no hall “\(hall.prefix(40))” here"))
            return
        }
        let request = LiveRequest(name: name, query: target.query)
        // Of all names only a playlist's ends in 8: `.m3u8`.
        if name.utf8.last == UInt8(ascii: "8") { connection.viewing = (hall, exchange!.startedAt) }
        switch source.answer(request) {
        case .ready(let resource): send(resource)
        case .refused(let refusal): refuseLive(refusal)
        case .hold(let limit):
            switch door.holds.hold(request, of: hall, source: source, limit: limit, waiter: self) {
            case .success(let hold):
                self.hold = hold
                enter(.held)
            case .failure(.ready(let resource)): send(resource)
            case .failure(.refused(let refusal)): refuseLive(refusal)
            }
        }
    }

    /// The window has what this waiter waits for, or it will not come.
    func release(_ hold: LiveHold, with answer: LiveAnswer) {
        guard self.hold === hold, context != nil else { return }
        self.hold = nil
        switch answer {
        case .ready(let resource): send(resource)
        case .refused(let refusal): refuseLive(refusal)
        case .hold: refuseLive(LiveHolds.closing)
        }
    }

    private func refuseLive(_ refusal: LiveRequestRefusal) {
        sendLive(.problem(refusal.status, refusal.reason, retryAfter: refusal.retryAfter))
    }

    private func send(_ resource: LiveResource) {
        let headers = exchange!.head.headers
        let asked = exchange!.fields
        switch resource.kind {
        case .playlist:
            let rendering = door.renderings.rendering(resource, gzip: asked.has(.acceptEncoding) && Preconditions.acceptsGzip(headers))
            if asked.has(.ifNoneMatch), Preconditions.isUnchanged(headers, etags: resource.etag, LiveFields.gzipTag(resource.etag)) {
                sendLive(Answer(status: 304, fields: unchanged(rendering.fields), chunks: [], count: 0))
            } else if !sendWhole(rendering) {
                sendLive(Answer(status: 200, fields: rendering.fields, chunks: rendering.chunks, count: rendering.count))
            }
        case .media:
            if asked.names.isDisjoint(with: [.range, .ifNoneMatch]), sendWhole(resource) { return }
            sendMedia(resource, headers)
        }
    }

    /// A playlist to one of many who wait for it: nothing is made for this one. `false`: this answer differs from the others'.
    private func sendWhole(_ rendering: Rendering) -> Bool {
        guard isLikeOthers else { return false }
        answered(bytes: rendering.count)
        context.write(NIOAny(IOData.byteBuffer(rendering.whole(date: door.dateText, cors: Self.everyOrigin))), promise: nil)
        endBody()
        return true
    }

    /// Media, the whole of it, to one of many: its header is written straight from the fields that all media of the kind have.
    private func sendWhole(_ media: LiveResource) -> Bool {
        guard isLikeOthers else { return false }
        let count = media.byteCount
        answered(bytes: count)
        let fields = door.mediaFields.fields(media, cors: Self.everyOrigin)
        var head = ByteBuffer()
        HTTP1Text.head(status: 200, fields: fields, etag: media.etag, date: door.dateText, length: count, closes: false, into: &head)
        context.write(NIOAny(IOData.byteBuffer(head)), promise: nil)
        for chunk in media.chunks { context.write(NIOAny(IOData.byteBuffer(chunk)), promise: nil) }
        endBody()
        return true
    }

    /// Nothing in this one's answer but the answer itself differs from the others': GET over plain HTTP/1.1 on a connection that stays.
    private var isLikeOthers: Bool {
        guard case .http1(secure: false) = wire, keepsAlive, case .GET = exchange!.head.method, door.shared.settings.allowsEveryOrigin
        else { return false }
        return !door.shared.draining.load(ordering: .relaxed)
    }

    private func answered(bytes: Int) {
        exchange!.isAnswered = true
        exchange!.status = 200
        exchange!.bytesSent = bytes
    }

    private func sendMedia(_ resource: LiveResource, _ headers: HTTPHeaders) {
        var fields = LiveFields.common(resource)
        fields.add(name: "etag", value: resource.etag)
        let count = resource.byteCount
        if Preconditions.isUnchanged(headers, etags: resource.etag) {
            sendLive(Answer(status: 304, fields: unchanged(fields), chunks: [], count: 0))
            return
        }
        fields.add(name: "accept-ranges", value: "bytes")
        // RFC 9110 §14.2: Range is defined for GET only.
        let asked = exchange!.isHead || !Preconditions.rangeHolds(headers, etag: resource.etag) ? nil : headers.first(name: "range")
        switch ByteRange(asked, length: count) {
        case .whole: sendLive(Answer(status: 200, fields: fields, chunks: resource.chunks, count: count))
        case .part(let range):
            fields.add(name: "content-range", value: "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)")
            sendLive(Answer(status: 206, fields: fields, chunks: Self.slice(resource.chunks, range), count: range.count))
        case .unsatisfiable:
            var answer = Answer.problem(416, "the range lies past the end: there are \(count) bytes")
            answer.fields.add(name: "content-range", value: "bytes */\(count)")
            sendLive(answer)
        }
    }

    /// `range` of the chunks put together, without copying.
    static func slice(_ chunks: [ByteBuffer], _ range: Range<Int>) -> [ByteBuffer] {
        var out: [ByteBuffer] = []
        var start = 0
        for chunk in chunks {
            let end = start + chunk.readableBytes
            let lower = max(range.lowerBound, start)
            let upper = min(range.upperBound, end)
            if lower < upper, let slice = chunk.getSlice(at: chunk.readerIndex + lower - start, length: upper - lower) { out.append(slice) }
            start = end
        }
        return out
    }

    /// RFC 9110 §15.4.5: what a 304 repeats.
    private func unchanged(_ fields: HTTPHeaders) -> HTTPHeaders {
        var out = fields
        out.remove(name: "content-type")
        out.remove(name: "content-encoding")
        return out
    }

    // MARK: CORS

    func sendLive(_ answer: Answer) {
        var answer = answer
        addOrigin(to: &answer.fields)
        send(answer)
    }

    func addOrigin(to fields: inout HTTPHeaders) {
        guard !door.shared.settings.allowsEveryOrigin else {
            fields.add(contentsOf: Self.everyOrigin)
            return
        }
        fields.add(name: "vary", value: "origin")
        guard let origin = exchange?.head.headers.first(name: "origin"), door.shared.settings.corsOrigins.contains(origin) else { return }
        fields.add(name: "access-control-allow-origin", value: origin)
        fields.add(name: Self.exposed.name, value: Self.exposed.value)
    }

    private static let exposed = (name: "access-control-expose-headers", value: "content-length, content-range, date, etag, age")
    /// `cors.origins: ["*"]`.
    private static let everyOrigin = HTTPHeaders([("access-control-allow-origin", "*"), exposed])

    private func preflight() -> HTTPHeaders {
        [
            "access-control-allow-methods": Self.methods,
            "access-control-allow-headers": "range, if-none-match, if-range, cache-control, last-event-id",
            "access-control-max-age": "86400", "allow": Self.methods, "cache-control": "no-store",
        ]
    }
}
