import NIOCore
import StreamRelay

/// A request that waits for a part or a playlist.
final class LiveHold {
    let hall: String
    let request: LiveRequest
    let deadline: NIODeadline
    /// The stream or connection to answer on; `nil` once it was answered or left.
    fileprivate(set) var waiter: RequestServer?
    fileprivate var index = 0

    init(hall: String, request: LiveRequest, deadline: NIODeadline, waiter: RequestServer?) {
        self.hall = hall
        self.request = request
        self.deadline = deadline
        self.waiter = waiter
    }
}

/// The held requests of one loop. A change of a hall's window reaches the loop as one job; each distinct request is evaluated once, then all held
/// requests that are the same are answered.
final class LiveHolds {
    private struct Question: Hashable {
        let name: Substring
        let query: Substring
        init(_ request: LiveRequest) {
            name = request.name
            query = request.query
        }
    }
    private struct Watch {
        var source: any LiveSource
        var identity: ObjectIdentifier
        var observation: LiveObservation
        var waiting: [Question: [LiveHold]] = [:]

        mutating func enter(_ hold: LiveHold) {
            let question = Question(hold.request)
            hold.index = waiting[question]?.count ?? 0
            waiting[question, default: []].append(hold)
        }
    }

    static let closing = LiveRequestRefusal(status: 503, reason: "the server is closing: come back in a moment", retryAfter: 2)

    private unowned let door: LoopDoor
    private var watches: [String: Watch] = [:]
    private(set) var count = 0

    init(door: LoopDoor) { self.door = door }

    /// Holds the request, unless the window changed between the answer `hold` and now.
    /// - Returns: the hold, or what to answer instead.
    func hold(
        _ request: LiveRequest, of hall: String, source: any LiveSource, limit: TimeAmount, waiter: RequestServer
    ) -> Result<LiveHold, Instead> {
        let shared = door.shared
        guard shared.heldRequests.load(ordering: .relaxed) < shared.limits.heldRequests else {
            door.counters.holdsRefused += 1
            return .failure(
                .refused(LiveRequestRefusal(status: 503, reason: "too many requests are waiting: come back in a moment", retryAfter: 1)))
        }
        if observe(hall, source) {
            // It may have changed after it said “hold” and before it was observed.
            switch source.answer(request) {
            case .hold: break
            case .ready(let resource):
                leaveIfEmpty(hall)
                return .failure(.ready(resource))
            case .refused(let refusal):
                leaveIfEmpty(hall)
                return .failure(.refused(refusal))
            }
        }
        let hold = LiveHold(hall: hall, request: request, deadline: .now() + limit, waiter: waiter)
        watches[hall]?.enter(hold)
        count += 1
        shared.heldRequests.wrappingAdd(1, ordering: .relaxed)
        return .success(hold)
    }

    /// - Returns: whether the observation is new.
    private func observe(_ hall: String, _ source: any LiveSource) -> Bool {
        let identity = ObjectIdentifier(source as AnyObject)
        if let watch = watches[hall] {
            guard watch.identity != identity else { return false }
            watch.source.cancelObservation(watch.observation)
        }
        let bound = NIOLoopBound(self, eventLoop: door.loop)
        let loop = door.loop
        let observation = source.observe { loop.execute { bound.value.changed(hall) } }
        let waiting = watches[hall]?.waiting ?? [:]
        watches[hall] = Watch(source: source, identity: identity, observation: observation, waiting: waiting)
        return true
    }

    enum Instead: Error {
        case ready(LiveResource)
        case refused(LiveRequestRefusal)
    }

    /// The waiting client disconnected.
    func cancel(_ hold: LiveHold) {
        hold.waiter = nil
        let question = Question(hold.request)
        guard var list = watches[hold.hall]?.waiting[question], hold.index < list.count, list[hold.index] === hold else { return }
        watches[hold.hall]?.waiting[question] = nil
        list.swapAt(hold.index, list.count - 1)
        list.removeLast()
        if hold.index < list.count { list[hold.index].index = hold.index }
        if !list.isEmpty { watches[hold.hall]?.waiting[question] = list }
        forget(1)
        leaveIfEmpty(hold.hall)
    }

    /// The window of `hall` changed: asks again, once per question.
    private func changed(_ hall: String) {
        guard let watch = watches[hall] else { return }
        // A reload of the config may have put another relay in the hall's place.
        let source = door.shared.control.live(hall)
        for question in watch.waiting.keys {
            let answer =
                source?.answer(LiveRequest(name: question.name, query: question.query))
                ?? .refused(LiveRequestRefusal(status: 404, reason: "there is no hall “\(hall)” any more"))
            if case .hold = answer { continue }
            guard let list = watches[hall]?.waiting.removeValue(forKey: question) else { continue }
            forget(list.count)
            for hold in list { answered(hold, answer) }
        }
        leaveIfEmpty(hall)
        if let source, watches[hall] != nil, observe(hall, source) { changed(hall) }
    }

    /// Answers 503 to requests that were held as long as the draft allows (RFC 8216bis §6.2.5.2).
    func expire(now: NIODeadline) {
        guard count > 0 else { return }
        refuse(
            LiveRequestRefusal(status: 503, reason: "what you wait for did not come in time: ask for the playlist anew", retryAfter: 1),
            to: { $0.deadline <= now })
    }

    func releaseAll(_ refusal: LiveRequestRefusal) { refuse(refusal, to: { _ in true }) }

    private func refuse(_ refusal: LiveRequestRefusal, to isMeant: (LiveHold) -> Bool) {
        let meant = watches.values.flatMap { $0.waiting.values.flatMap { $0.filter(isMeant) } }
        for hold in meant {
            guard let waiter = hold.waiter else { continue }
            cancel(hold)
            waiter.release(hold, with: .refused(refusal))
        }
    }

    /// Answering one request may end others (an HTTP/2 connection that breaks): their `waiter` is `nil` then.
    private func answered(_ hold: LiveHold, _ answer: LiveAnswer) {
        guard let waiter = hold.waiter else { return }
        hold.waiter = nil
        waiter.release(hold, with: answer)
    }

    private func forget(_ number: Int) {
        count -= number
        door.shared.heldRequests.wrappingSubtract(number, ordering: .relaxed)
    }

    private func leaveIfEmpty(_ hall: String) {
        guard let watch = watches[hall], watch.waiting.isEmpty else { return }
        watches[hall] = nil
        watch.source.cancelObservation(watch.observation)
    }
}
