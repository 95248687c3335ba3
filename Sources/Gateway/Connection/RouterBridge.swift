import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Answers the requests that are not live video, in a task of their own.
protocol RouterBridge: Sendable {
    func respond(to request: Request, from caller: Caller) async -> Response
    /// Whether the request shows a token or a session that is known; asked on the loop, before a large body is read.
    func knowsSender(of head: HTTPRequestHead) -> Bool
}

extension RouterBridge {
    func knowsSender(of head: HTTPRequestHead) -> Bool { false }
}

/// Who asks.
struct Caller: Sendable {
    var audience: Audience
    var address: SocketAddress?
    var isSecure: Bool
    /// Of this machine, at the control socket, where the platform says who it is.
    var user: UInt32?
}
