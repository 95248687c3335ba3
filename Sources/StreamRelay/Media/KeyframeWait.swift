/// Waits for the first keyframe, without which nothing can be shown, and gives up when the camera sends none for too long. Times are
/// microseconds of a steady clock.
struct KeyframeWait {
    static let patience: Int64 = 25_000_000

    private var beganAt: Int64
    private var isOver = false

    init(at now: Int64) { beganAt = now }

    /// The next keyframe is waited for anew.
    mutating func restart(at now: Int64) { self = KeyframeWait(at: now) }

    mutating func received(isKeyframe: Bool, at now: Int64) throws(RelayFailure) {
        isOver = isOver || isKeyframe
        guard !isOver, now - beganAt > Self.patience else { return }
        throw RelayFailure(
            kind: .unusable,
            message:
                "the picture came without a keyframe for \(Self.patience / 1_000_000) s: set the camera's keyframe interval (GOP) to 2 s")
    }
}
