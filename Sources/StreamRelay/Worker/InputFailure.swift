internal import CFFmpeg

/// What a failed libav call on an input means for the operator: the kind decides when it is tried again.
enum InputFailure {
    /// - Parameters:
    ///   - code: libav's.
    ///   - attempt: “cannot open”.
    ///   - redirectedTo: scheme and host that the camera redirected to.
    ///   - errors: libav's last log lines, without secrets.
    ///   - now: microseconds of the deadline's clock.
    static func describe(
        code: Int32, attempt: String, address: CameraAddress, deadline: InputDeadline, redirectedTo: String?, errors: [String],
        at now: Int64
    ) -> RelayFailure {
        if let redirectedTo {
            return RelayFailure(
                kind: .forbidden,
                message:
                    "\(attempt) \(address): it redirects to \(redirectedTo), and only its own host is followed: put the right address into the config"
            )
        }
        if deadline.hasExpired || (code == CFF_ERROR_INVALIDDATA && deadline.hasBeenQuiet(at: now)) {
            return RelayFailure(
                kind: .unreachable, message: "\(attempt) \(address): nothing came for \(deadline.limit / 1_000_000) s")
        }
        let reason = AVFault(code: code, attempt: attempt).reason
        let detail = errors.filter { !$0.isEmpty }.suffix(2).joined(separator: "; ")
        let message = "\(attempt) \(address): \(reason)" + (detail.isEmpty || detail.contains(reason) ? "" : " (\(detail))")
        return RelayFailure(kind: kind(code: code, detail: detail, address: address), message: message)
    }

    private static func kind(code: Int32, detail: String, address: CameraAddress) -> RelayFailure.Kind {
        let text = detail.lowercased()
        switch code {
        case CFF_ERROR_UNAUTHORIZED, CFF_ERROR_FORBIDDEN: return .unauthorized
        case CFF_ERROR_NOT_FOUND, CFF_ERROR_INVALIDDATA: return .unusable
        // the bound of the worker's own memory (`workerMemory`), not the camera
        case CFF_ERROR_ENOMEM: return .worker
        default: break
        }
        if text.contains("unauthorized") { return .unauthorized }
        if address.scheme == .srt, text.contains("password") || text.contains("passphrase") || text.contains("rejected") {
            return .unauthorized
        }
        if text.contains("whitelist") { return .forbidden }
        if text.contains("protocol not supported") || text.contains("unsupported transport") { return .unusable }
        return .unreachable
    }
}
