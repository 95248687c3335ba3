internal import CWebSockets

extension ChannelLoop {
    /// Bytes arrived from this client.
    func received(_ bytes: UnsafeRawBufferPointer, from client: ChannelClient) {
        now = Self.clock()
        client.heardAt = now
        switch client.phase {
        case .asking(var head):
            // Not copied while it grows.
            client.phase = .asking([])
            readHead(&head, bytes, client)
        case .listening, .parting: readFrames(bytes, client)
        case .answered: break
        }
        endTurn(within: client)
    }

    private func readHead(_ head: inout [UInt8], _ bytes: UnsafeRawBufferPointer, _ client: ChannelClient) {
        let before = head.count
        head += bytes.prefix(settings.limits.headBytes - before)
        guard let end = RequestHead.end(in: head, from: before) else {
            client.phase = .asking(head)
            if head.count >= settings.limits.headBytes { answer(client, HTTPRefusal(431, "The request's header is too large.")) }
            return
        }
        let decision: UpgradeDecision
        do throws(RequestHead.Fault) {
            decision = UpgradeDecision(
                try RequestHead(head[..<end]), origins: settings.origins, isHall: { halls[$0] != nil }, hasPicture: { pictures[$0] != nil })
        } catch {
            decision = .refuse(HTTPRefusal(error.status, error.sentence))
        }
        switch decision {
        case .refuse(let refusal): answer(client, refusal)
        case .upgrade(let hall, let key, let resume):
            let room = halls[hall]!
            guard welcome(client, to: room, key: key, UpgradeDecision.subprotocol) else { return }
            let hasResumed = room.start(client, resume: resume, now: now, limits: settings.limits)
            if hasResumed { figures.resumed += 1 } else { figures.snapshots += 1 }
            begin(client, bytes[(end - before)...])
        case .picture(let hall, let key):
            let room = pictures[hall]!
            guard pictures.values.reduce(0, { $0 + $1.clients.count }) < settings.limits.pictureClients else {
                return answer(client, HTTPRefusal(503, "Enough screens see pictures frame by frame; the hall's stream is for all."))
            }
            guard welcome(client, to: room, key: key, UpgradeDecision.pictureSubprotocol) else { return }
            room.start(client)
            begin(client, bytes[(end - before)...])
        }
    }

    /// - Returns: whether it is in the room.
    private func welcome(_ client: ChannelClient, to room: any ClientRoom, key: String, _ subprotocol: String) -> Bool {
        guard let handle = client.handle else { return false }
        let answer = HTTPRefusal.upgraded(accept: HandshakeKey.accept(key), to: subprotocol)
        // The deadlines are ours, in the wheel.
        cws_clear_timeout(handle)
        guard answer.withUnsafeBytes({ write($0, to: client, handle) }) else {
            doom(client)
            return false
        }
        figures.answered[101, default: 0] += 1
        client.phase = .listening
        room.enter(client)
        return true
    }

    /// Sends the first messages. Bytes after the request are frames.
    private func begin(_ client: ChannelClient, _ rest: Slice<UnsafeRawBufferPointer>) {
        send(to: client)
        arm(client)
        if !rest.isEmpty, !client.isDoomed { readFrames(UnsafeRawBufferPointer(rebasing: rest), client) }
    }

    private func readFrames(_ bytes: UnsafeRawBufferPointer, _ client: ChannelClient) {
        for event in client.reader.take(bytes) {
            guard !client.isDoomed else { return }
            switch (client.phase, event) {
            case (.listening, .ping(let payload)):
                guard client.mayPing(now: now, limits: settings.limits) else {
                    part(client, .policy, "too many pings")
                    return
                }
                client.queue.answer(control: ServerFrame.pong(payload))
                if client.stalledSince == nil { send(to: client) }
            case (.listening, .message): part(client, .policy, "this channel only speaks: send commands to the HTTP API")
            case (.listening, .close(let code)): part(client, frame: ServerFrame.close(code), isMutual: true, end: nil)
            case (.listening, .fault(let code, let reason)): part(client, code, reason)
            // Close frames were exchanged.
            case (.parting(isMutual: false), .close): doom(client)
            default: break
            }
        }
    }
}
