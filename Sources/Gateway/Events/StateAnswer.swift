import Commons
import NIOCore
import NIOHTTP1

/// What `/live/{hall}/state/{epoch}/{after}` answers now: a JSON array of messages.
enum StateAnswer {
    case answer(Answer)
    /// Nothing is newer than the place: the request waits.
    case wait

    /// From a place that exists in the record, the changes since, which never change; from any other, the snapshot, valid for a second.
    init(_ place: EventPlace, of room: EventRoom, canWait: Bool) {
        guard let missed = room.source.deltas(epoch: place.epoch, after: place.after) else {
            let snapshot = room.snapshot().message
            self = .answer(Self.answer([snapshot], tag: "\(room.source.epoch)-\(snapshot.sequence)", "public, max-age=1"))
            return
        }
        if let last = missed.last {
            let isForever = last.sequence > place.after
            let tag = "\(place.epoch)-\(place.after)-\(last.sequence)"
            self = .answer(Self.answer(missed, tag: tag, isForever ? "public, max-age=86400, immutable" : "public, max-age=1"))
        } else {
            self = canWait ? .wait : .answer(Self.nothingNew(room.tick().message))
        }
    }

    var ready: Answer? { if case .answer(let answer) = self { answer } else { nil } }

    static func nothingNew(_ tick: EncodedMessage) -> Answer { answer([tick], tag: nil, "no-store") }

    private static func answer(_ messages: [EncodedMessage], tag: String?, _ cacheControl: String) -> Answer {
        var body = ByteBuffer()
        body.reserveCapacity(messages.reduce(3) { $0 + $1.bytes.count + 1 })
        var separator: StaticString = "["
        for message in messages {
            body.writeStaticString(separator)
            body.writeBytes(message.bytes)
            separator = ","
        }
        body.writeStaticString("]\n")
        var fields: HTTPHeaders = ["content-type": "application/json", "cache-control": cacheControl]
        if let tag { fields.add(name: "etag", value: "\"\(tag)\"") }
        return Answer(status: 200, fields: fields, chunks: [body], count: body.readableBytes)
    }
}
