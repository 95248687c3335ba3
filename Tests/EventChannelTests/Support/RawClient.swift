import CLinux
import Foundation
import Glibc

/// A WebSocket client that says exactly the bytes it is told to. Blocks, at most for its patience.
final class RawClient {
    struct Failure: Error, CustomStringConvertible { var description: String }
    struct Frame: Equatable, CustomStringConvertible {
        var opcode: UInt8
        var payload: [UInt8]
        var text: String { String(decoding: payload, as: UTF8.self) }
        var closeCode: UInt16? { opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil }
        var closeReason: String { String(decoding: payload.dropFirst(2), as: UTF8.self) }
        var description: String { "opcode \(opcode), \(payload.count) bytes: \(text.prefix(80))" }
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(port: UInt16, patience seconds: Int = 60, receiveBuffer: Int32 = 0) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        if receiveBuffer > 0 {
            var size = receiveBuffer
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure(description: "connect: \(String(cString: strerror(errno)))") }
    }

    deinit { if !isClosed { close(descriptor) } }

    private var isClosed = false
    func hangUp() {
        isClosed = true
        close(descriptor)
    }

    // MARK: bytes

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(description: "send: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Reads some more; `false` when the other side has closed.
    private func fill() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0, errno == ECONNRESET { return false }
        guard count >= 0 else { throw Failure(description: "nothing came in time: \(String(cString: strerror(errno)))") }
        buffer += chunk[..<count]
        return count > 0
    }

    /// Everything until the other side closes.
    func readToEnd() throws -> String {
        while try fill() {}
        defer { buffer = [] }
        return String(decoding: buffer, as: UTF8.self)
    }

    func readHead() throws -> String {
        while true {
            if let end = buffer.indices.dropFirst(3).first(where: { buffer[($0 - 3)...$0].elementsEqual([13, 10, 13, 10]) }) {
                defer { buffer.removeFirst(end + 1) }
                return String(decoding: buffer[...end], as: UTF8.self)
            }
            guard try fill() else { throw Failure(description: "closed within the head: \(String(decoding: buffer, as: UTF8.self))") }
        }
    }

    // MARK: frames

    static func request(
        _ path: String = "/live/council/events", host: String = "council.example:8081", fields: [String] = [],
        protocols: String? = "plenary.v1"
    ) -> String {
        let lines =
            ["GET \(path) HTTP/1.1", "Host: \(host)", "Upgrade: websocket", "Connection: keep-alive, Upgrade"]
            + ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
            + (protocols.map { ["Sec-WebSocket-Protocol: \($0)"] } ?? []) + fields
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Connects and upgrades.
    static func listening(port: UInt16, path: String = "/live/council/events", patience: Int = 10, receiveBuffer: Int32 = 0) throws
        -> RawClient
    {
        let client = try RawClient(port: port, patience: patience, receiveBuffer: receiveBuffer)
        try client.send(request(path))
        let head = try client.readHead()
        guard head.hasPrefix("HTTP/1.1 101 ") else { throw Failure(description: head) }
        return client
    }

    static func frame(_ first: UInt8, _ payload: [UInt8] = [], masked: Bool = true) -> [UInt8] {
        let bit: UInt8 = masked ? 0x80 : 0
        var bytes = [first]
        switch payload.count {
        case ..<126: bytes.append(bit | UInt8(payload.count))
        case ..<65_536: bytes += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [bit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard masked else { return bytes + payload }
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return bytes + mask + payload.enumerated().map { $0.element ^ mask[$0.offset & 3] }
    }

    /// The next frame; `nil` when the other side has closed.
    func next() throws -> Frame? {
        while true {
            if let frame = try parse() { return frame }
            guard try fill() else { return nil }
        }
    }

    /// The next message's bytes; pings are answered on the way, a close ends it.
    func message() throws -> [UInt8]? {
        while let frame = try next() {
            switch frame.opcode {
            case 1: return frame.payload
            case 9: try send(Self.frame(0x8A, frame.payload))
            default: return nil
            }
        }
        return nil
    }

    /// Reads on to the close frame.
    func closing() throws -> Frame? {
        while let frame = try next() { if frame.opcode == 8 { return frame } }
        return nil
    }

    private func parse() throws -> Frame? {
        guard buffer.count >= 2 else { return nil }
        guard buffer[0] & 0xF0 == 0x80, buffer[1] & 0x80 == 0 else { throw Failure(description: "a frame that a server must not send") }
        var start = 2
        var length = Int(buffer[1])
        if length >= 126 {
            let wide = length == 126 ? 2 : 8
            guard buffer.count >= 2 + wide else { return nil }
            length = buffer[2..<(2 + wide)].reduce(0) { $0 << 8 | Int($1) }
            start += wide
        }
        guard buffer.count >= start + length else { return nil }
        defer { buffer.removeFirst(start + length) }
        return Frame(opcode: buffer[0] & 0x0F, payload: Array(buffer[start..<(start + length)]))
    }
}
