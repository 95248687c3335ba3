internal import CFFmpeg
internal import CLinux
import NIOCore
import Synchronization
import Threads

/// Makes a still of the hall out of a keyframe, once and whenever it is asked to, on a short-lived thread beside the relay: decoding 1080p
/// takes about 35 ms, longer than a part may wait. One keyframe is decoded at a time; others are skipped.
final class PosterMaker {
    /// The least time in microseconds between two keyframes that are decoded, however often a still is asked for and whether or not the first succeeded.
    private static let pause: Int64 = 2_000_000
    /// The relay's own thread goes first.
    private static let niceness: Int32 = 10
    /// Bytes a pixel takes while it is decoded and scaled, and the share of the worker's memory that all of them may have.
    private static let pixelBytes = 6
    private static let memoryShare = 4

    /// The result of a thread's work.
    private final class Outcome: Sendable {
        /// `nil` inside: the keyframe gave no picture.
        let result = Mutex<ByteBuffer??>(nil)
        let isDone = Atomic(false)
    }

    /// A keyframe handed over to the thread.
    // Made by the relay and then only touched by the one thread that it is handed to; its bytes are counted references of libav's.
    private final class Job: @unchecked Sendable {
        let packet = Packet()
        let parameters: CodecParameters

        init?(_ original: borrowing Packet, _ parameters: CodecParameters) {
            self.parameters = CodecParameters(copying: parameters.pointer)
            guard av_packet_ref(packet.pointer, original.pointer) >= 0 else { return nil }
        }

        func make() -> ByteBuffer? {
            guard let frame = try? StillPicture.decode(packet, parameters) else { return nil }
            return try? StillPicture.jpeg(frame)
        }
    }

    private let memoryLimit: Int
    private var outcome: Outcome?
    private var takenAt: Int64 = 0
    private var due: Int64 = .min
    private var isWanted = true
    /// Keyframes that could not be decoded.
    private(set) var broken = 0

    init(memoryLimit: Int) { self.memoryLimit = memoryLimit }

    /// The next keyframe is to be made into a still.
    func renew() { isWanted = true }

    /// Takes the keyframe when one is wanted.
    /// - Parameter arrival: microseconds, steady.
    func offer(_ packet: borrowing Packet, parameters: CodecParameters, arrival: Int64) {
        guard isWanted, outcome == nil, arrival >= due, packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT == 0 else { return }
        let pixels = Int(parameters.pointer.pointee.width) * Int(parameters.pointer.pointee.height)
        guard pixels * Self.pixelBytes <= memoryLimit / Self.memoryShare, let job = Job(packet, parameters) else { return }
        let outcome = Outcome()
        self.outcome = outcome
        takenAt = arrival
        due = arrival + Self.pause
        isWanted = false
        BlockingThread.start {
            clinux_name_thread("poster")
            clinux_nice_thread(Self.niceness)
            let made = job.make()
            outcome.result.withLock { $0 = .some(made) }
            outcome.isDone.store(true, ordering: .releasing)
        }
    }

    /// The still that was finished since the last call.
    func take() -> Poster? {
        guard let outcome, outcome.isDone.load(ordering: .acquiring), let made = outcome.result.withLock({ $0 }) else { return nil }
        self.outcome = nil
        guard let made, made.readableBytes <= Poster.sizeLimit else {
            broken += 1
            isWanted = true
            return nil
        }
        return Poster(takenAt: takenAt, jpeg: made)
    }
}
