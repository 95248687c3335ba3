internal import CFFmpeg
internal import CLinux
import Glibc

/// The child process that parses a camera's bytes, so that a crash, a hang or a leak there does not affect the daemon.
///
/// It is bounded in memory and open files, reads its order (with the camera's password) from stdin, reports on stdout, and exits
/// when the daemon does.
public enum RelayWorker {
    /// Open files: pipes, sockets of one camera, a picture.
    private static let openFiles: UInt64 = 64
    /// Microseconds a probe looks at a camera, so that it sees two keyframes of a usual GOP.
    private static let probeTime: Int64 = 6_000_000

    /// Runs the job that comes on stdin. - Returns: the exit status: 0 done, 1 failed (the reason was reported).
    public static func run() -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        // a terminal's Ctrl-C is for the daemon, which then says finish
        signal(SIGINT, SIG_IGN)
        _ = clinux_die_with_parent(SIGKILL)
        _ = clinux_forbid_core_dumps()
        _ = clinux_limit_open_files(openFiles)
        let link = DaemonLink()
        do {
            let order = try link.awaitOrder()
            _ = clinux_limit_data_bytes(UInt64(order.memoryLimit))
            LibavLog.capture()
            avformat_network_init()
            try run(order, link: link)
            link.send(.ended)
            return 0
        } catch let failure as RelayFailure {
            link.send(.failed(failure))
        } catch {
            link.send(.failed(RelayFailure(kind: .worker, message: CameraAddress.redact("\(error)"))))
        }
        return 1
    }

    private static func run(_ order: WorkerOrder, link: DaemonLink) throws {
        if order.job == .slate {
            link.send(.slate(try SlateMaker.make(image: order.address)))
            return
        }
        let address: CameraAddress
        do {
            address = try CameraAddress(order.address)
        } catch {
            throw RelayFailure(kind: .unusable, message: error.description)
        }
        let source: any PacketSource =
            address.scheme == .test
            ? try TestHall(address, resources: order.resources, link: link)
            : try CameraInput.open(address, persistence: order.persistence, link: link)
        let session = try RelaySession(source: source, order: order, link: link)
        try session.run(limit: order.job == .probe ? probeTime : .max)
        let isOver = link.wantsFinish || link.daemonIsGone || order.job == .probe
        if !isOver { throw RelayFailure(kind: .ended, message: "\(address) has ended") }
    }
}
