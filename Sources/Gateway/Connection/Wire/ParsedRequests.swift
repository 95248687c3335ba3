import NIOCore
import NIOHTTP1

/// Before an `HTTP1Wire` that met bytes which are no plain request: hands it what NIO's parser makes of them and of all that follow.
final class ParsedRequests: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let wire: HTTP1Wire

    init(_ wire: HTTP1Wire) { self.wire = wire }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { wire.received(unwrapInboundIn(data)) }

    /// The parser, with the door's limits.
    static func parser(_ limits: DoorLimits) -> ByteToMessageHandler<HTTPRequestDecoder> {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = limits.headerBytes
        configuration.maxHeaderListSize = limits.headerBytes
        configuration.maxHeaderFieldCount = 100
        return ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: configuration))
    }
}
