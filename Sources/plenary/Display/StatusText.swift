import Gateway
import StreamRelay

/// A stream's status as text for a terminal. Pure: the clock is a parameter.
enum StatusText {
    static func table(_ halls: [HallReport], now: Int64) -> String {
        if halls.isEmpty { return "no halls are configured\n" }
        let rows = halls.map { hall -> [String] in
            let status = hall.status
            return [
                status.hall, state(status), onAir(status), status.state == .stopped ? "–" : picture(status.source),
                status.state == .live ? Figures.bitRate(status.vitals.bitRate) : "–",
                hall.viewers.map(String.init) ?? "–", status.since > 0 ? Figures.duration(Double(now - status.since) / 1000) : "–",
                status.camera,
            ]
        }
        return TextTable(heading: ["HALL", "STATE", "ON AIR", "PICTURE", "BITRATE", "VIEWERS", "SINCE", "CAMERA"], rows: rows).text
            + halls.filter { $0.recordDamage != nil }.map { "\($0.status.hall): the record is damaged, no sitting can be held here\n" }
            .joined()
    }

    /// Everything about one hall.
    static func page(_ report: HallReport, now: Int64) -> String {
        let status = report.status
        var rows: [(String, String)] = [("camera", status.camera)]
        if let damage = report.recordDamage { rows.append(("record", "damaged, no sitting can be held: \(damage)")) }
        if let failure = status.failure { rows.append(("failure", failure.message)) }
        if let retry = status.retryIn { rows.append(("next try", "in \(Figures.duration(retry))")) }
        if let source = status.source { rows += self.source(source, vitals: status.vitals) }
        if status.state != .stopped {
            let vitals = status.vitals
            rows.append(
                (
                    "bitrate",
                    Figures.bitRate(vitals.bitRate) + ", last packet \(Figures.duration(Double(vitals.idleMilliseconds) / 1000)) ago"
                ))
            let part = status.partTarget.map { "parts of \(Figures.decimal($0, 3)) s, " } ?? ""
            rows.append(
                (
                    "window",
                    "\(Figures.duration(status.windowSeconds)), \(Figures.bytes(status.windowBytes)); \(part)segments up to \(status.targetDuration) s"
                ))
            rows.append(("sequence", "segment \(status.mediaSequence), \(status.parts) parts sent"))
            if let viewers = report.viewers { rows.append(("viewers", String(viewers))) }
            rows.append(("reconnects", String(status.reconnects)))
            rows.append(("repaired", repairs(vitals)))
            rows.append(
                (
                    "clock",
                    "\(Figures.drift(vitals.clockDriftPPM)) against this machine, sound \(Figures.drift(vitals.audioDriftPPM)) against the picture"
                ))
            if let pid = status.workerPID { rows.append(("worker", "process \(pid)")) }
        }
        if let hidden = status.hiddenSince { rows.append(("hidden", "since \(Figures.time(hidden, now: now))")) }
        if status.slateOn { rows.append(("card", "on, by the operator")) }
        if status.since > 0 {
            rows.append(("since", "\(Figures.time(status.since, now: now)) (\(Figures.duration(Double(now - status.since) / 1000)))"))
        }
        return "\(status.hall): \(state(status)), \(onAirSentence(status.onAir))\n" + TextBlock(rows).text
    }

    /// One line a second, for a log or a pipe.
    static func line(_ report: HallReport, now: Int64) -> String {
        let status = report.status
        let vitals = status.vitals
        var words = [
            Figures.time(now, now: now), status.hall, state(status), "on air: \(status.onAir.rawValue)", Figures.bitRate(vitals.bitRate),
            "\(Figures.frameRate(vitals.frameRate)) fps", "GOP \(gop(vitals))", "\(status.parts) parts",
        ]
        if let viewers = report.viewers { words.append("\(viewers) viewers") }
        words += ["\(status.reconnects) reconnects", "drift \(Figures.drift(vitals.clockDriftPPM))"]
        return words.joined(separator: "  ")
    }

    static func source(_ source: SourceDescription, vitals: WorkerVitals? = nil) -> [(String, String)] {
        var rows: [(String, String)] = [("format", source.format)]
        if let video = source.video {
            let profile = video.profile.isEmpty ? "" : " \(video.profile)"
            let rate = frameRate(stated: video.frameRate, measured: vitals?.frameRate ?? 0)
            var text = "\(codecName(video.codec))\(profile), \(video.width)×\(video.height), \(Figures.frameRate(rate)) fps"
            if let vitals, vitals.gopSeconds > 0 { text += ", GOP \(gop(vitals))" }
            if video.hasBFrames { text += ", B-frames" }
            rows.append(("picture", text + " (copied)"))
        } else {
            rows.append(("picture", "none"))
        }
        if source.audio.isEmpty { rows.append(("sound", "none")) }
        for audio in source.audio {
            let language = audio.language.isEmpty ? "" : ", \(audio.language)"
            let way = audio.transcodedBecause.map { "to AAC: \($0)" } ?? "copied"
            rows.append(("sound", "\(audio.codec), \(audio.sampleRate) Hz, \(channels(audio.channels))\(language) (\(way))"))
        }
        for text in source.ignored { rows.append(("ignored", text)) }
        return rows
    }

    static func reload(_ report: ReloadReport) -> String {
        var lines: [String] = []
        func add(_ word: String, _ halls: [String]) {
            if !halls.isEmpty { lines.append("\(word): \(halls.joined(separator: ", "))") }
        }
        add("added", report.added)
        add("removed", report.removed)
        add("changed", report.changed)
        add("not touched", report.unchanged)
        if !report.needRestart.isEmpty {
            lines.append("changed, and taking effect when the daemon is started again: \(report.needRestart.joined(separator: ", "))")
        }
        return lines.map { $0 + "\n" }.joined()
    }

    static func picture(_ source: SourceDescription?) -> String {
        guard let source else { return "–" }
        guard let video = source.video else { return "sound only" }
        return "\(codecName(video.codec)) \(video.width)×\(video.height) \(Figures.frameRate(video.frameRate))"
    }

    /// What the camera states, unless it is plainly wrong about itself: a few seconds' measure is off by a burst.
    static func frameRate(stated: Double, measured: Double) -> Double {
        guard stated > 0 else { return measured }
        return measured > 0 && abs(measured / stated - 1) > 0.1 ? measured : stated
    }

    static func codecName(_ codec: String) -> String {
        switch codec {
        case "h264": "H.264"
        case "hevc": "HEVC"
        default: codec
        }
    }

    private static func state(_ status: StreamStatus) -> String {
        switch status.state {
        case .lost: "camera lost"
        case .waiting: "waiting for the encoder"
        default: status.state.rawValue
        }
    }

    private static func onAir(_ status: StreamStatus) -> String {
        switch status.onAir {
        case .slate: "card"
        case .hidden: "card (hidden)"
        default: status.onAir.rawValue
        }
    }

    private static func onAirSentence(_ onAir: StreamStatus.OnAir) -> String {
        switch onAir {
        case .nothing: "nothing is on air"
        case .camera: "the camera is on air"
        case .gap: "nothing to show viewers (GAP) until the camera is back"
        case .slate: "the card is on air"
        case .hidden: "closed session: the card is on air"
        }
    }

    private static func gop(_ vitals: WorkerVitals) -> String { vitals.gopSeconds > 0 ? "\(Figures.decimal(vitals.gopSeconds, 1)) s" : "?" }

    private static func channels(_ count: Int) -> String {
        switch count {
        case 1: "mono"
        case 2: "stereo"
        default: "\(count) channels"
        }
    }

    private static func repairs(_ vitals: WorkerVitals) -> String {
        let counts = [
            (vitals.repairedTimestamps, "timestamp"), (vitals.clockJumps, "clock jump"), (vitals.droppedFrames, "dropped frame"),
            (vitals.corruptPackets, "damaged packet"), (vitals.brokenKeyframes, "broken keyframe"),
        ].filter { $0.0 > 0 }
        return counts.isEmpty ? "nothing" : counts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
    }
}
