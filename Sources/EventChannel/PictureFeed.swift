/// A hall's picture as it goes to everybody who sees it frame by frame.
public enum PictureMessage: Sendable, Equatable {
    /// A message in UTF-8 JSON, and one of bytes, which the frames that follow need; a keyframe comes next.
    case began(text: [UInt8], initialization: [UInt8])
    case frame([UInt8], isKeyframe: Bool)
    /// There is nothing to show until the next `began`.
    case gone(text: [UInt8])
}

/// What the channel asks of a hall's picture. It may be called from any thread.
public protocol PictureFeed: Sendable {
    /// Calls `observer` with every message from now on, in order. Returns how it begins: `began` or `gone`.
    func observe(_ observer: @escaping @Sendable (PictureMessage) -> Void) -> PictureMessage
    /// Ends what `observe` began.
    func cancel()
}
