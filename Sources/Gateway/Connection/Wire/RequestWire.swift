import NIOCore
import NIOHTTP1

/// What carries requests to a `RequestServer` and its answers back: turns what it hears into calls of the server, and these calls into writes.
/// Called on its event loop only.
protocol RequestWire: AnyObject {
    /// Over TLS.
    var isSecure: Bool { get }
    /// Whether more may be written without growing what waits.
    var isWritable: Bool { get }
    /// Bytes of one write where writing copies them; `nil` where it copies nothing.
    var pieceLimit: Int? { get }
    /// Itself, where the bytes of an HTTP/1.1 answer go out as they are.
    var plain: HTTP1Wire? { get }

    /// Tells the client to send the body.
    func writeContinue()
    /// - Parameter length: of the body, to be said to the client.
    func writeHead(_ status: Int, _ fields: HTTPHeaders, length: Int?, opening: RequestMachine.Opening, date: String)
    func writeBody(_ bytes: ByteBuffer, isChunk: Bool)
    /// Ends the answer and flushes; the server is told by `answerWritten` when the last byte is out.
    func writeEnd(lastChunk: Bool)
    /// Sends what was written, at the latest when all that has been read was worked off.
    func flush()
    /// Makes up for a read that `mayRead` refused.
    func read()
    /// The last answer is written: says so to the client and waits for it to close.
    func finish()
    /// Ends the connection, or the stream, as it stands.
    func close()
}
