internal import CFFmpeg
import Synchronization

/// libav's log: its last errors are kept, without secrets, so that a failure's message can quote them.
enum LibavLog {
    private static let lastErrors = Mutex<[String]>([])
    private static let kept = 12

    /// Sends libav's errors here instead of to stderr.
    static func capture() {
        av_log_set_level(AV_LOG_WARNING)
        cff_set_log_sink { level, line in
            guard let line else { return }
            LibavLog.note(level: level, line: String(cString: line))
        }
    }

    private static func note(level: Int32, line: String) {
        guard level <= AV_LOG_ERROR else { return }
        var text = CameraAddress.redact(line)
        while text.last == "\n" || text.last == " " { text.removeLast() }
        // “[rtsp @ 0x55…] message”: the address is of no use to a reader
        while text.hasPrefix("["), let close = text.firstIndex(of: "]") {
            text = String(text[text.index(after: close)...].drop { $0 == " " })
        }
        guard !text.isEmpty else { return }
        lastErrors.withLock { errors in
            if errors.contains(text) { return }
            errors.append(text)
            if errors.count > kept { errors.removeFirst() }
        }
    }

    /// The last errors, newest last, and forgets them.
    static func takeErrors() -> [String] {
        lastErrors.withLock { errors in
            defer { errors = [] }
            return errors
        }
    }
}
