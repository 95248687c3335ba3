import EventChannel
import FoundationEssentials
import NIOCore
import StreamRelay
import Synchronization

/// A hall's picture frame by frame, from its relay to the channel.
final class HallPicture: PictureFeed {
    private let relay: HallRelay
    private let observation = Mutex<LiveObservation?>(nil)

    init(_ relay: HallRelay) { self.relay = relay }

    func observe(_ observer: @escaping @Sendable (PictureMessage) -> Void) -> PictureMessage {
        let (beginning, observation) = relay.observePicture { observer(PictureMessage($0)) }
        self.observation.withLock { $0 = observation }
        return PictureMessage(beginning)
    }

    func cancel() {
        if let observation = observation.withLock({ $0 }) { relay.cancelObservation(observation) }
    }
}

extension PictureMessage {
    init(_ update: PictureUpdate) {
        switch update {
        case .began(let beginning):
            let text = PictureText(type: "init", codecs: beginning.codecs, width: beginning.width, height: beginning.height)
            self = .began(text: text.bytes, initialization: Array(beginning.initialization.readableBytesView))
        case .frame(let fragment, let isKeyframe): self = .frame(Array(fragment.readableBytesView), isKeyframe: isKeyframe)
        case .gone(let reason): self = .gone(text: PictureText(type: "gone", reason: reason.rawValue).bytes)
        }
    }
}

/// The text messages of `plenary.picture.v1`.
private struct PictureText: Encodable {
    var type: String
    var codecs: String?
    var width: Int?
    var height: Int?
    var reason: String?

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(self) else { preconditionFailure("a message of ours is not encodable: \(self)") }
        return Array(data)
    }
}
