import NIOCore
import NIOHTTP1

/// One HTTP/2 stream: a request that the session's callbacks give it, and the part of its answer that is not in a frame yet. No channel of its own.
final class HTTP2Stream: RequestWire {
    /// Bytes of a body that wait for the peer's window: above the one more is not asked for, below the other it is again.
    private static let high = 256 * 1024
    private static let low = 64 * 1024

    /// An answer's header that waits until it is known whether a body follows it.
    struct Head {
        let status: Int
        let fields: HTTPHeaders
        let length: Int?
        let date: String
    }

    let id: Int32
    let server: RequestServer
    private let connection: HTTP2Connection
    private var head: Head?
    private(set) var body = BodyQueue()
    /// The body will not grow any more.
    private(set) var isBodyWhole = false
    /// nghttp2 asked for bytes when there were none.
    private var isDeferred = false
    private var isFull = false
    private var isAnswered = false
    private(set) var isClosed = false
    /// The last frame of the answer is out.
    private var isSent = false
    private var queued = 0
    private var progress = WriteProgress()

    init(id: Int32, connection: HTTP2Connection, server: RequestServer) {
        self.id = id
        self.connection = connection
        self.server = server
        server.attach(self)
        server.bytesArrived()
    }

    // MARK: From the client

    func received(_ request: HTTPRequestHead) { server.received(request) }
    func failed(_ fault: RequestFault) { server.failed(fault) }

    /// - Returns: whether the bytes were taken. Those of a request that has its answer are not: its client's window stays closed.
    func received(body bytes: ByteBuffer) -> Bool {
        guard !isAnswered, !isClosed else { return false }
        server.received(body: bytes)
        return true
    }

    func receivedEnd() { if !isAnswered { server.receivedEnd() } }

    /// nghttp2 has forgotten the stream.
    func ended() {
        isClosed = true
        head = nil
        body.clear()
        server.detach()
    }

    // MARK: To the client

    var isSecure: Bool { true }
    var isWritable: Bool { !isFull && connection.isWritable }
    var hasRoom: Bool { !isFull && !isClosed }
    /// Writing copies nothing: what waits is a reference, and bytes leave it as the peer's window and the socket take them.
    var pieceLimit: Int? { nil }
    var plain: HTTP1Wire? { nil }

    /// The client sends its body without being told to: its window says how much.
    func writeContinue() {}
    /// The session reads as long as the socket gives bytes; a body's bytes are bounded by its window.
    func read() {}

    func writeHead(_ status: Int, _ fields: HTTPHeaders, length: Int?, opening: RequestMachine.Opening, date: String) {
        isAnswered = true
        head = Head(status: status, fields: fields, length: length, date: date)
    }

    func writeBody(_ bytes: ByteBuffer, isChunk: Bool) {
        guard !isClosed else { return }
        body.append(bytes)
        queued += bytes.readableBytes
        if body.count > Self.high { isFull = true }
        sendHead(isAll: false)
        resume()
    }

    func writeEnd(lastChunk: Bool) {
        guard !isClosed else { return }
        isBodyWhole = true
        sendHead(isAll: body.isEmpty)
        resume()
        flush()
    }

    func flush() { connection.flush() }

    /// nghttp2 closes the stream when both sides have ended it. A client that still sends its request is not reset yet, for curl 7.88 would throw the answer
    /// away: its window stays shut, and the sweep closes the stream a second later.
    func finish() {}

    func close() {
        guard !isClosed else { return }
        // RFC 9113 §8.1: the answer did not need the rest of the request.
        connection.reset(self, isSent ? .noError : .cancel)
        ended()
        connection.flush()
    }

    private func sendHead(isAll: Bool) {
        guard let head else { return }
        self.head = nil
        connection.respond(head, on: self, isAll: isAll)
    }

    private func resume() {
        guard isDeferred else { return }
        isDeferred = false
        connection.resume(self)
    }

    // MARK: What the session takes

    enum Pull: Equatable {
        case bytes(Int, isLast: Bool)
        case later
    }

    /// What of the body goes into the next frame.
    func pull(atMost limit: Int) -> Pull {
        if body.isEmpty, !isBodyWhole || isClosed {
            isDeferred = true
            return .later
        }
        let count = min(limit, body.count)
        return .bytes(count, isLast: isBodyWhole && count == body.count)
    }

    /// - Returns: whether there is room again, after there was none.
    func move(_ length: Int, to output: inout ByteBuffer) -> Bool {
        body.move(length, to: &output)
        guard isFull, body.count < Self.low else { return false }
        isFull = false
        return true
    }

    /// The last frame of the answer is on its way.
    func sentEnd() {
        isSent = true
        server.answerWritten()
    }

    // MARK: Deadlines

    /// - Parameter isConnectionIdle: everything that the windows allow is out; what is left here waits for the peer.
    func sweep(now: NIODeadline, isConnectionIdle: Bool) {
        let limits = server.limits
        let waiting = isConnectionIdle ? body.count : 0
        if progress.isStalled(written: queued, waiting: waiting, now: now, limit: limits.stallDeadline) {
            server.door.counters.stalledReaders += 1
            close()
        } else if body.isEmpty {
            server.sweep(now: now)
        }
    }
}
