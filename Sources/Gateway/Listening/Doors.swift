import Commons
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The open doors: listening sockets, and the door's state on each event loop.
final class Doors: Sendable {
    let shared: DoorShared
    private let loops: [ObjectIdentifier: NIOLoopBound<LoopDoor>]
    private let eventLoops: [any EventLoop]
    let certificates: CertificateStore?
    private let listeners = Mutex<[any Channel]>([])

    init(shared: DoorShared, group: MultiThreadedEventLoopGroup) async throws {
        self.shared = shared
        certificates = try shared.settings.certificate.map { try CertificateStore($0, logger: shared.logger) }
        eventLoops = Array(group.makeIterator())
        var loops: [ObjectIdentifier: NIOLoopBound<LoopDoor>] = [:]
        for loop in eventLoops {
            loops[ObjectIdentifier(loop)] = try await loop.submit {
                let door = LoopDoor(loop: loop, shared: shared)
                door.startSweeping()
                return NIOLoopBound(door, eventLoop: loop)
            }.get()
        }
        self.loops = loops
    }

    /// - Returns: the TCP addresses bound.
    func open(group: MultiThreadedEventLoopGroup) async throws -> [SocketAddress] {
        var bound: [SocketAddress] = []
        for address in shared.settings.listen {
            let channel: any Channel
            do {
                channel = try await bootstrap(group, audience: .everybody).bind(host: address.host, port: address.port).get()
            } catch {
                throw ListenFault(address: "\(address.host):\(address.port)", reason: "\(error)")
            }
            listeners.withLock { $0.append(channel) }
            if let local = channel.localAddress { bound.append(local) }
        }
        if let socket = shared.settings.controlSocket {
            try ControlSocketFile.clear(socket.path)
            let channel: any Channel
            // It must not be opened before its mode is set.
            let mask = umask(0o177)
            defer { umask(mask) }
            do {
                channel = try await bootstrap(group, audience: .operators).bind(unixDomainSocketPath: socket.path).get()
            } catch {
                throw ListenFault(address: socket.path, reason: "\(error)")
            }
            ControlSocketFile.secure(socket.path, group: socket.group, logger: shared.logger)
            listeners.withLock { $0.append(channel) }
        }
        return bound
    }

    private func bootstrap(_ group: MultiThreadedEventLoopGroup, audience: Audience) -> ServerBootstrap {
        let pipeline = DoorPipeline(shared: shared, audience: audience)
        let certificates = audience == .everybody ? certificates : nil
        // TLS reads whole records: NIO's own choice is right there.
        let buffer: any RecvByteBufferAllocator = certificates == nil ? ReceiveBuffer() : AdaptiveRecvByteBufferAllocator()
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: buffer)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 * 1024, high: 256 * 1024))
            .childChannelInitializer { [loops, shared] channel in
                channel.eventLoop.makeCompletedFuture {
                    let door = loops[ObjectIdentifier(channel.eventLoop)]!.value
                    let peer = Self.peer(of: channel)
                    guard shared.census.admit(PeerKey(peer), isOperator: audience == .operators) == .admitted else {
                        try channel.pipeline.syncOperations.addHandler(
                            OverloadResponse(census: shared.census, isSecure: certificates != nil))
                        return
                    }
                    if audience == .everybody { Self.tune(channel) }
                    if let certificates {
                        try pipeline.secure(channel, from: peer, door: door, context: certificates.context)
                    } else {
                        try pipeline.plain(channel, from: peer, door: door)
                    }
                }
            }
    }

    /// The client's IP address; `nil` for the control socket. `channel.remoteAddress` is known only once the channel is active.
    private static func peer(of channel: any Channel) -> SocketAddress? {
        try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable { (socket: NIOBSDSocket.Handle) -> SocketAddress? in
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            return withUnsafeMutablePointer(to: &storage) { storage -> SocketAddress? in
                let address = UnsafeMutableRawPointer(storage).assumingMemoryBound(to: sockaddr.self)
                guard getpeername(socket, address, &length) == 0 else { return nil }
                return switch CInt(storage.pointee.ss_family) {
                case AF_INET: SocketAddress(UnsafeRawPointer(storage).loadUnaligned(as: sockaddr_in.self))
                case AF_INET6: SocketAddress(UnsafeRawPointer(storage).loadUnaligned(as: sockaddr_in6.self))
                default: nil
                }
            }
        } ?? nil
    }

    private static func tune(_ channel: any Channel) {
        let options = channel.syncOptions
        try? options?.setOption(.tcpOption(.tcp_nodelay), value: 1)
        // A client that stops reading keeps this much in the kernel, not the megabytes autotuning would give it.
        try? options?.setOption(.tcpOption(.init(rawValue: CInt(TCP_NOTSENT_LOWAT))), value: 256 * 1024)
    }

    // MARK: While open

    /// Whether new connections now get another certificate.
    func refreshCertificate() -> Bool { certificates?.refresh() ?? false }

    /// Counts of all loops, and each hall's viewers.
    func figures() async -> DoorFigures {
        var figures = DoorFigures(connections: shared.census.figures, held: shared.heldRequests.load(ordering: .relaxed))
        let earliest = NIODeadline.now() - .seconds(15)
        for loop in eventLoops {
            let bound = loops[ObjectIdentifier(loop)]!
            let part = try? await loop.submit { (bound.value.counters, bound.value.viewers(since: earliest)) }.get()
            guard let part else { continue }
            figures.counters.add(part.0)
            figures.viewers.merge(part.1, uniquingKeysWith: +)
        }
        return figures
    }

    // MARK: The end

    /// Stops accepting, releases the waiting, gives the rest their time, then closes.
    func close() async {
        shared.draining.store(true, ordering: .sequentiallyConsistent)
        for listener in listeners.withLock({ $0 }) { try? await listener.close() }
        if let path = shared.settings.controlSocket?.path { unlink(path) }
        await onEveryLoop { $0.drain() }
        let end = ContinuousClock.now + .nanoseconds(shared.limits.drainDeadline.nanoseconds)
        while shared.census.figures.open > 0, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(20)) }
        await onEveryLoop { $0.closeAll() }
    }

    private func onEveryLoop(_ work: @escaping @Sendable (LoopDoor) -> Void) async {
        for loop in eventLoops {
            let bound = loops[ObjectIdentifier(loop)]!
            try? await loop.submit { work(bound.value) }.get()
        }
    }
}

/// The HTTP server's figures for `/metrics`.
struct DoorFigures: Sendable {
    var connections: (open: Int, accepted: UInt64, refused: UInt64)
    var held: Int
    var counters = DoorCounters()
    var viewers: [String: Int] = [:]
}

public struct ListenFault: Error, Sendable, CustomStringConvertible {
    public var address: String
    public var reason: String
    public var description: String {
        "the door cannot listen on \(address): \(reason). Choose another address (`listen`, PLENARY_LISTEN) or stop who uses it"
    }
}
