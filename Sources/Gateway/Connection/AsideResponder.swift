import HTTPTypes
import HummingbirdCore
import NIOCore

/// Answers the requests that are not live video, in a task of their own.
protocol AsideResponder: Sendable {
    func respond(to request: Request, from caller: Caller) async -> Response
}

/// Who asks.
struct Caller: Sendable {
    var audience: Audience
    var address: SocketAddress?
    var isSecure: Bool
}
