import Commons
internal import CWebSockets

/// Jobs that other threads post; they run on the loop's thread.
extension ChannelLoop {
    func open(hall: String, feed: any EventFeed) { halls[hall] = HallRoom(name: hall, feed: feed, limits: settings.limits) }

    func begin(hall: String, at sequence: Int64) { halls[hall]?.log.begin(at: sequence) }

    func close(hall: String) {
        guard let room = halls.removeValue(forKey: hall) else { return }
        for client in room.clients { partForNow(client) }
    }

    func publish(_ message: EncodedMessage, in hall: String) {
        guard let room = halls[hall] else { return }
        room.publish(message)
        figures.messages += 1
        touch(room)
    }

    func publish(tick: EncodedMessage, in hall: String) {
        guard let room = halls[hall] else { return }
        room.publish(tick: tick)
        touch(room)
    }

    // MARK: pictures

    func open(picture hall: String, feed: any PictureFeed) { pictures[hall] = PictureRoom(name: hall, feed: feed, limits: settings.limits) }

    func close(picture hall: String) {
        guard let room = pictures.removeValue(forKey: hall) else { return }
        figures.skipped += room.skips
        for client in room.clients { partForNow(client) }
    }

    func publish(_ message: PictureMessage, ofPicture hall: String) {
        guard let room = pictures[hall] else { return }
        room.publish(message, now: now)
        touch(room)
    }

    func begin(_ message: PictureMessage, picture hall: String) {
        guard let room = pictures[hall] else { return }
        room.open(with: message)
        touch(room)
    }

    func reloadCertificate() {
        guard let certificate = settings.certificate else { return }
        // Nonzero: the files do not belong together or could not be read; the old ones stay in use.
        if lws_tls_cert_updated(context, certificate.chainPath, certificate.keyPath, nil, 0, nil, 0) != 0 {
            logger.error(
                "the event channel keeps its old certificate: the new one could not be used", metadata: ["file": "\(certificate.chainPath)"]
            )
        }
    }

    private var report: ChannelFigures {
        var report = figures
        report.connections = clients.count
        report.listening = halls.mapValues(\.clients.count)
        report.watching = pictures.mapValues(\.clients.count)
        report.skipped += pictures.values.reduce(0) { $0 + $1.skips }
        return report
    }
}

extension ChannelLoop {
    /// The figures as they are now.
    func report() async -> ChannelFigures {
        await withCheckedContinuation { continuation in post { continuation.resume(returning: $0.report) } }
    }
}
