import NIOCore
import NIOHTTP1

/// What is wrong with a request: the status of the answer, and a sentence for its client.
struct RequestFault: Error, Equatable {
    var status: Int
    var sentence: String

    init(status: Int, sentence: String) {
        self.status = status
        self.sentence = sentence
    }

    init(_ refusal: (status: Int, sentence: String)) { self.init(status: refusal.status, sentence: refusal.sentence) }
}

/// A request's header, and which of the fields that matter here it has.
struct RequestHeader: Equatable {
    let head: HTTPRequestHead
    let fields: RequestFields
    private let saysKeepAlive: Bool?

    /// - Parameter keepsAlive: whether its fields keep the connection open, if that is already known.
    init(_ head: HTTPRequestHead, keepsAlive: Bool? = nil) {
        self.head = head
        fields = RequestFields(head.headers)
        saysKeepAlive = keepsAlive
    }

    var isHead: Bool { if case .HEAD = head.method { true } else { false } }

    /// Whether the connection may carry another request after this one (RFC 9112 §9.3). The parser stops at an offered upgrade; none is
    /// ever taken.
    var keepsAlive: Bool { saysKeepAlive ?? head.isKeepAlive && !fields.has(.upgrade) }

    /// The client sends the body once it is told to (RFC 9110 §10.1.1).
    var waitsForContinue: Bool { head.version.hasChunks && fields.has(.expect) }
}

/// One request, until its answer is complete.
struct Exchange {
    let serial: UInt64
    let request: RequestHeader
    let startedAt: NIODeadline
    var kind = RequestClass.pages
    /// Another request may follow on the same connection.
    var keepsAlive: Bool
}

/// An answer whose header is written.
struct Reply {
    let status: Int
    /// Of the body, without what chunks add.
    var bytes: Int
    /// The body goes out in chunks (RFC 9112 §7.1).
    var isChunked = false
}

/// How a request ended, for the metrics and the access log.
struct Completion {
    let exchange: Exchange
    let status: Int
    let bytes: Int
    let isAborted: Bool

    /// An answer that was begun.
    init(_ exchange: Exchange, _ reply: Reply, isAborted: Bool) {
        self.exchange = exchange
        status = reply.status
        bytes = reply.bytes
        self.isAborted = isAborted
    }

    /// 499: the client left before the answer began, as front proxies count it.
    init(abandoned exchange: Exchange) {
        self.exchange = exchange
        status = 499
        bytes = 0
        isAborted = true
    }
}
