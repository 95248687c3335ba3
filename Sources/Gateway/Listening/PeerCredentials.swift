import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Who is at the other end of a Unix socket: `struct ucred` of unix(7).
struct PeerCredentials {
    var process: Int32
    var user: UInt32
    var group: UInt32

    /// The user that opened the connection; `nil` where the kernel does not say. On the channel's loop.
    static func user(of channel: any Channel) -> UInt32? {
        guard let socket = channel as? any SocketOptionProvider else { return nil }
        let found = Mutex<UInt32?>(nil)
        let asked: EventLoopFuture<PeerCredentials> = socket.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        // On its own loop the answer is there at once.
        asked.whenSuccess { credentials in found.withLock { $0 = credentials.user } }
        return found.withLock { $0 }
    }
}
