import NIOCore

/// One framed message between daemon and worker: `u32 BE length of what follows | u8 kind | payload`.
package struct WireFrame: Sendable, Equatable {
    package var kind: UInt8
    package var payload: ByteBuffer

    /// Bytes that one frame's length may claim: a 10 s part of 25 Mbit/s.
    package static let maximumLength = 32 << 20
}

/// Why bytes of a pipe are not a message. What follows them cannot be trusted either: the pipe is closed.
package enum WireFault: Error, Sendable, Equatable, CustomStringConvertible {
    case badLength(Int)
    case unknownKind(UInt8)
    /// A field of the named message is missing, out of range, or bytes are left over.
    case malformed(message: String, field: String)

    package var description: String {
        switch self {
        case .badLength(let length): "a frame claims \(length) bytes (allowed: 1 to \(WireFrame.maximumLength))"
        case .unknownKind(let kind): "a frame has the unknown kind \(kind)"
        case .malformed(let message, let field): "the message “\(message)” has a bad \(field)"
        }
    }
}

/// Cuts a byte stream into frames. Each payload gets a storage of its own, so that a part is read from the pipe straight into the
/// buffer that viewers are answered from.
package struct WireFrameDecoder: Sendable {
    private static let headerSize = 5

    private var header = ByteBufferAllocator().buffer(capacity: headerSize)
    private var kind: UInt8 = 0
    /// Bytes of the payload that have not come yet; `nil` while the header is read.
    private var missing: Int?
    private var payload = ByteBuffer()
    private var complete: [WireFrame] = []
    private var fault: WireFault?

    package init() {}

    /// The next whole frame, or `nil` when more bytes are needed. After a fault every call throws.
    package mutating func next() throws(WireFault) -> WireFrame? {
        guard complete.isEmpty else { return complete.removeFirst() }
        if let fault { throw fault }
        return nil
    }

    /// Takes bytes that were read elsewhere (they are copied).
    package mutating func append(_ bytes: ByteBuffer) {
        var rest = bytes.readableBytesView
        while !rest.isEmpty, fault == nil {
            let taken = fill { target in
                let count = min(target.count, rest.count)
                rest.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                return count
            }
            rest = rest.dropFirst(taken)
        }
    }

    /// Lends `read` the place where the next bytes belong (never empty); it returns how many it wrote there.
    /// - Returns: what `read` returned; 0, without a call, after a fault.
    @discardableResult
    package mutating func fill(_ read: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int {
        guard fault == nil else { return 0 }
        let count: Int
        if let wanted = missing {
            count = try payload.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                max(0, try read(UnsafeMutableRawBufferPointer(rebasing: space[..<wanted])))
            }
            missing = wanted - count
        } else {
            let wanted = Self.headerSize - header.readableBytes
            count = try header.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                max(0, try read(UnsafeMutableRawBufferPointer(rebasing: space[..<wanted])))
            }
            beginPayload()
        }
        if missing == 0 { finishFrame() }
        return count
    }

    private mutating func beginPayload() {
        guard let (length, kind) = header.readMultipleIntegers(as: (UInt32, UInt8).self) else { return }
        header.clear()
        guard length >= 1, Int(length) <= WireFrame.maximumLength else {
            fault = .badLength(Int(length))
            return
        }
        self.kind = kind
        missing = Int(length) - 1
        payload = length == 1 ? ByteBuffer() : ByteBufferAllocator().buffer(capacity: Int(length) - 1)
    }

    private mutating func finishFrame() {
        complete.append(WireFrame(kind: kind, payload: payload))
        payload = ByteBuffer()
        missing = nil
    }
}
