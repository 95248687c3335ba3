import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Reads a public file from the web: `http:` or `https:` with the machine's trusted certificates, no redirects.
struct WebFile {
    /// A record of some ten million events.
    static let largest = 4 << 30

    let url: String
    private let isSecure: Bool
    private let host: String
    private let port: Int
    private let path: String

    /// `nil` when the text is no web address.
    init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil
        else { return nil }
        url = text
        isSecure = scheme == "https"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (isSecure ? 443 : 80)
        path = (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath) + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
    }

    func read() async throws(CommandFailure) -> [UInt8] {
        var ask = HTTPAsk(.GET, path)
        let isUsual = port == (isSecure ? 443 : 80)
        ask.host = (host.contains(":") ? "[\(host)]" : host) + (isUsual ? "" : ":\(port)")
        let reply: HTTPReply
        do {
            reply = try await exchange(ask)
        } catch {
            throw CommandFailure(.noInput, "\(url) cannot be read: \(Self.words(error))")
        }
        guard reply.isSuccess else {
            let moved = reply.location.map { ": it is at \($0)" } ?? ""
            throw CommandFailure(.noInput, "\(url) cannot be read: the server answered \(reply.status)\(moved)")
        }
        return Array(reply.body.readableBytesView)
    }

    private func exchange(_ ask: HTTPAsk) async throws -> HTTPReply {
        let group = MultiThreadedEventLoopGroup.singleton
        let tls = isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let isName = !host.contains(":") && host.contains { !$0.isNumber && $0 != "." }
        let answer = group.next().makePromise(of: HTTPReply.self)
        do {
            let channel = try await ClientBootstrap(group: group).connectTimeout(.seconds(15))
                .channelInitializer { [host] channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isName ? host : nil)) }
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(HTTPExchange(ask, answer: answer, largestBody: Self.largest))
                    }
                }
                .connect(host: host, port: port).get()
            defer { channel.close(promise: nil) }
            return try await answer.futureResult.get()
        } catch {
            answer.fail(error)
            throw error
        }
    }

    private static func words(_ error: any Error) -> String {
        if case ChannelError.eof = error { return "the server left in the middle of the answer" }
        if case ChannelError.connectTimeout = error { return "nobody answers" }
        if let failed = error as? NIOConnectionError, let first = failed.connectionErrors.first { return "\(first.error)" }
        return "\(error)"
    }
}
