import Commons
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// A file as a response: conditional, in ranges, compressed when asked and when no range is.
enum FileAnswer {
    static func response(_ asset: Asset, to request: Request) -> Response {
        var asked = HTTPHeaders()
        for name in [HTTPField.Name.ifNoneMatch, .ifRange, .acceptEncoding, .range] {
            for value in request.headers[values: name] { asked.add(name: name.canonicalName, value: value) }
        }
        let gzipTag = LiveFields.gzipTag(asset.etag)
        var headers: HTTPFields = [.cacheControl: asset.isHashed ? "public, max-age=31536000, immutable" : "no-cache"]
        if asset.gzip != nil { headers[.vary] = "accept-encoding" }
        let range: ByteRange =
            Preconditions.rangeHolds(asked, etag: asset.etag)
            ? ByteRange(asked.first(name: "range"), length: asset.bytes.readableBytes) : .whole
        let coded = range == .whole && Preconditions.acceptsGzip(asked) ? asset.gzip : nil
        headers[.eTag] = coded == nil ? asset.etag : gzipTag
        if Preconditions.isUnchanged(asked, etags: asset.etag, gzipTag) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = asset.contentType
        headers[.acceptRanges] = "bytes"
        switch range {
        case .whole:
            if coded != nil { headers[.contentEncoding] = "gzip" }
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: coded ?? asset.bytes))
        case .part(let range):
            let total = asset.bytes.readableBytes
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(total)"
            let slice = asset.bytes.getSlice(at: asset.bytes.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
            return Response(status: .partialContent, headers: headers, body: .init(byteBuffer: slice))
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(asset.bytes.readableBytes)"
            let body = Problem(status: 416, detail: "the range lies past the end: there are \(asset.bytes.readableBytes) bytes").body
            headers[.contentType] = Problem.contentType
            return Response(status: .rangeNotSatisfiable, headers: headers, body: .init(byteBuffer: body))
        }
    }
}
