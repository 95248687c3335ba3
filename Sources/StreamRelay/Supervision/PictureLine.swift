import NIOCore

/// The hall's picture frame by frame, on a time line of its own that increases for the life of the stream. Decides what viewers are sent; keeps no frame.
package struct PictureLine: Sendable {
    /// 90 kHz ticks: where the time line begins, as the parts' does.
    private static let start: Int64 = 900_000

    private var end = Self.start
    /// Decode time of the last frame.
    private var newest: Int64 = 0
    /// Added to the worker's decode times; `nil`: the next frame must be a keyframe.
    private var base: Int64?
    private var sequence: UInt32 = 0
    /// The worker's last description; sent to viewers with the next keyframe.
    private var initialization: RenditionInitialization?
    /// What viewers were last sent, apart from frames.
    package private(set) var beginning = PictureUpdate.gone(.stopped)

    package init() {}

    /// What was shown has ended, and viewers have not been notified yet.
    private var isOver = false

    package var isShown: Bool { if case .began = beginning { !isOver } else { false } }

    /// New parameters, or a new worker: nothing is sent before its next keyframe. What is seen stays until then.
    package mutating func describe(_ initialization: RenditionInitialization) {
        self.initialization = initialization
        base = nil
    }

    /// What has been shown is not to be followed; the next keyframe begins anew.
    package mutating func lose() {
        base = nil
        isOver = true
    }

    /// - Returns: whether viewers must be notified.
    package mutating func end(_ reason: PictureAbsence) -> Bool {
        base = nil
        guard beginning != .gone(reason) else { return false }
        beginning = .gone(reason)
        return true
    }

    /// - Returns: what goes to viewers, nothing before a keyframe; `nil` when the fragment cannot be parsed.
    package mutating func take(_ frame: RelayedFrame) -> [PictureUpdate]? {
        guard let initialization, frame.isKeyframe || base != nil else { return [] }
        var updates: [PictureUpdate] = []
        if base == nil {
            let fresh = PictureUpdate.began(
                PictureBeginning(
                    codecs: initialization.codecs, width: initialization.width, height: initialization.height,
                    initialization: initialization.bytes))
            beginning = fresh
            isOver = false
            updates.append(fresh)
        }
        // A hole of the camera's clock is closed up: browsers do not play over holes by themselves.
        if base == nil || frame.startsAnew { base = end - frame.decodeTime }
        guard let base, base + frame.decodeTime > newest else { return nil }
        var fragment = frame.fragment
        sequence &+= 1
        guard FragmentWriter.rebase(&fragment, sequence: sequence, offset: base, timescales: initialization.timescales) else { return nil }
        newest = base + frame.decodeTime
        end = newest + frame.duration
        updates.append(.frame(fragment, isKeyframe: frame.isKeyframe))
        return updates
    }
}

extension RelaySupervision {
    /// A frame of the worker's: it goes out when the camera may be seen.
    mutating func take(_ frame: RelayedFrame, _ actions: inout [Action], now: Moment) {
        guard pictureAbsence == nil else { return }
        guard let updates = picture.take(frame) else { return misbehaved("it sent a frame that cannot be parsed", &actions, now: now) }
        actions += updates.map(Action.picture)
    }

    /// Why no frame may be seen now, whatever the worker sends.
    private var pictureAbsence: PictureAbsence? {
        guard phase == .running, settings.picture else { return .stopped }
        if wantsCard { return .hidden }
        guard let camera, camera.killAt == nil, !camera.isMuted else { return .lost }
        return nil
    }

    /// Ends every event: viewers are notified once when there is nothing to show any more, and when the reason changes.
    mutating func settlePicture(_ actions: inout [Action]) {
        guard settings.picture || picture.beginning != .gone(.stopped) else { return }
        guard let reason = pictureAbsence ?? (picture.isShown ? nil : .lost) else { return }
        if picture.end(reason) { actions.append(.picture(.gone(reason))) }
    }

    /// Whether an update that was decided a moment ago may still be sent.
    package func maySend(_ update: PictureUpdate) -> Bool {
        if case .gone = update { true } else { phase == .running && !wantsCard }
    }
}
