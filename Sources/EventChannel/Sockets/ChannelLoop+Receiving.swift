internal import CWebSockets

extension ChannelLoop {
    /// Bytes came from this client.
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
            decision = UpgradeDecision(try RequestHead(head[..<end]), origins: settings.origins) { halls[$0] != nil }
        } catch {
            decision = .refuse(HTTPRefusal(error.status, error.sentence))
        }
        switch decision {
        case .refuse(let refusal): answer(client, refusal)
        case .upgrade(let hall, let key, let resume):
            welcome(client, to: halls[hall]!, key: key, resume: resume)
            // What came behind the request are frames already.
            let rest = UnsafeRawBufferPointer(rebasing: bytes[(end - before)...])
            if !rest.isEmpty, !client.isDoomed { readFrames(rest, client) }
        }
    }

    private func welcome(_ client: ChannelClient, to room: HallRoom, key: String, resume: Resume?) {
        guard let handle = client.handle else { return }
        let answer = HTTPRefusal.upgraded(accept: HandshakeKey.accept(key))
        // The deadlines are ours, in the wheel.
        cws_clear_timeout(handle)
        guard answer.withUnsafeBytes({ cws_write(handle, $0.baseAddress, $0.count) }) >= 0 else { return doom(client) }
        figures.answered[101, default: 0] += 1
        client.phase = .listening
        room.enter(client)
        if room.start(client, resume: resume, now: now, limits: settings.limits) { figures.resumed += 1 } else { figures.snapshots += 1 }
        send(to: client)
        arm(client)
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
            // Both have said goodbye.
            case (.parting(isMutual: false), .close): doom(client)
            default: break
            }
        }
    }
}
