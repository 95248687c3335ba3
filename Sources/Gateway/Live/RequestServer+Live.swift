import NIOCore
import NIOHTTP1
import StreamRelay

extension RequestServer {
    private static let methods = "GET, HEAD, OPTIONS"

    /// Answers below `/live/` at once, from memory, or holds the request.
    func answerLive(_ request: RequestHeader, _ target: RequestTarget) {
        switch request.head.method {
        case .GET, .HEAD: break
        case .OPTIONS:
            sendLive(Answer(status: 204, fields: preflight(), chunks: [], count: 0), to: request)
            return
        default:
            sendLive(.problem(405, "live video is read with GET or HEAD", allow: Self.methods), to: request)
            return
        }
        let below = target.path.utf8.dropFirst("/live/".utf8.count)
        guard let slash = below.firstIndex(of: UInt8(ascii: "/")) else {
            sendLive(.problem(404, "name what you want of the hall: /live/{hall}/index.m3u8"), to: request)
            return
        }
        let hall = String(target.path[below.startIndex..<slash])
        let name = target.path[below.index(after: slash)...]
        if answerEvents(request, name, of: hall, query: target.query) { return }
        guard let source = door.shared.control.live(hall) else {
            sendLive(.problem(404, "there is no hall “\(hall.prefix(40))” here"), to: request)
            return
        }
        let question = LiveRequest(name: name, query: target.query)
        // Of all names only a playlist's ends in 8: `.m3u8`.
        if name.utf8.last == UInt8(ascii: "8"), let at = machine.askedAt { connection.viewing = (hall, at) }
        switch source.answer(question) {
        case .ready(let resource): send(resource, to: request)
        case .refused(let refusal): refuseLive(refusal, to: request)
        case .hold(let limit):
            switch door.holds.hold(question, of: hall, source: source, limit: limit, waiter: self) {
            case .success(let hold): machine.wait(for: .window(hold))
            case .failure(.ready(let resource)): send(resource, to: request)
            case .failure(.refused(let refusal)): refuseLive(refusal, to: request)
            }
        }
    }

    /// The window has what this waiter waits for, or it will not come.
    func release(_ hold: LiveHold, with answer: LiveAnswer) {
        guard let request = machine.released(by: hold) else { return }
        switch answer {
        case .ready(let resource): send(resource, to: request)
        case .refused(let refusal): refuseLive(refusal, to: request)
        case .hold: refuseLive(LiveHolds.closing, to: request)
        }
    }

    private func refuseLive(_ refusal: LiveRequestRefusal, to request: RequestHeader) {
        sendLive(.problem(refusal.status, refusal.reason, retryAfter: refusal.retryAfter), to: request)
    }

    private func send(_ resource: LiveResource, to request: RequestHeader) {
        let headers = request.head.headers
        let asked = request.fields
        switch resource.kind {
        case .playlist:
            let rendering = door.renderings.rendering(resource, gzip: asked.has(.acceptEncoding) && Preconditions.acceptsGzip(headers))
            if asked.has(.ifNoneMatch), Preconditions.isUnchanged(headers, etags: resource.etag, LiveFields.gzipTag(resource.etag)) {
                sendLive(Answer(status: 304, fields: unchanged(rendering.fields), chunks: [], count: 0), to: request)
            } else if !sendWhole(rendering) {
                sendLive(Answer(status: 200, fields: rendering.fields, chunks: rendering.chunks, count: rendering.count), to: request)
            }
        case .media:
            if asked.names.isDisjoint(with: [.range, .ifNoneMatch]), sendWhole(resource) { return }
            sendMedia(resource, to: request)
        }
    }

    /// A playlist to one of many who wait for it: nothing is made for this one. `false`: this answer differs from the others'.
    private func sendWhole(_ rendering: Rendering) -> Bool {
        guard let wire = commonWire else { return false }
        machine.sendAtOnce(200, count: rendering.count)
        wire.write(rendering.whole(date: door.dateText, cors: Self.everyOrigin))
        wire.writeEnd(lastChunk: false)
        return true
    }

    /// Media, the whole of it, to one of many: its header is the same for all who ask within a second.
    private func sendWhole(_ media: LiveResource) -> Bool {
        guard let wire = commonWire else { return false }
        let count = media.byteCount
        machine.sendAtOnce(200, count: count)
        wire.write(door.mediaFields.head(media, date: door.dateText, cors: Self.everyOrigin))
        for chunk in media.chunks { wire.write(chunk) }
        wire.writeEnd(lastChunk: false)
        return true
    }

    /// Where nothing in this one's answer but the answer itself differs from the others': GET over plain HTTP/1.1 on a connection that stays.
    private var commonWire: HTTP1Wire? {
        guard let wire = wire?.plain, machine.takesCommonAnswer, door.shared.settings.allowsEveryOrigin, !isDraining else { return nil }
        return wire
    }

    private func sendMedia(_ resource: LiveResource, to request: RequestHeader) {
        let headers = request.head.headers
        var fields = LiveFields.common(resource)
        fields.add(name: "etag", value: resource.etag)
        let count = resource.byteCount
        if Preconditions.isUnchanged(headers, etags: resource.etag) {
            sendLive(Answer(status: 304, fields: unchanged(fields), chunks: [], count: 0), to: request)
            return
        }
        fields.add(name: "accept-ranges", value: "bytes")
        // RFC 9110 §14.2: Range is defined for GET only.
        let asked = request.isHead || !Preconditions.rangeHolds(headers, etag: resource.etag) ? nil : headers.first(name: "range")
        switch ByteRange(asked, length: count) {
        case .whole: sendLive(Answer(status: 200, fields: fields, chunks: resource.chunks, count: count), to: request)
        case .part(let range):
            fields.add(name: "content-range", value: "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)")
            sendLive(Answer(status: 206, fields: fields, chunks: Self.slice(resource.chunks, range), count: range.count), to: request)
        case .unsatisfiable:
            var answer = Answer.problem(416, "the range lies past the end: there are \(count) bytes")
            answer.fields.add(name: "content-range", value: "bytes */\(count)")
            sendLive(answer, to: request)
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

    func sendLive(_ answer: Answer, to request: RequestHeader) {
        var answer = answer
        addOrigin(to: &answer.fields, for: request)
        send(answer)
    }

    func addOrigin(to fields: inout HTTPHeaders, for request: RequestHeader) {
        guard !door.shared.settings.allowsEveryOrigin else {
            fields.add(contentsOf: Self.everyOrigin)
            return
        }
        fields.add(name: "vary", value: "origin")
        guard let origin = request.head.headers.first(name: "origin"), door.shared.settings.corsOrigins.contains(origin) else { return }
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
