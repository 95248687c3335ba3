import StreamRelay

/// What a camera's stream means for its viewers, and what to change. Pure.
enum CameraAdvice {
    static func findings(_ hall: String, _ source: SourceDescription, _ vitals: WorkerVitals, _ settings: StreamSettings) -> [CheckReport
        .Finding]
    {
        let subject = "hall \(hall)"
        var findings = StatusText.source(source, vitals: vitals).filter { $0.0 != "format" && $0.0 != "ignored" }.map {
            CheckReport.Finding(.ok, subject, "\($0.0): \($0.1)")
        }
        if vitals.bitRate > 0 {
            let clock = abs(vitals.clockDriftPPM) > 0 ? "; clock \(Figures.drift(vitals.clockDriftPPM)) against this machine" : ""
            findings.append(CheckReport.Finding(.ok, subject, "bitrate: \(Figures.bitRate(vitals.bitRate))\(clock)"))
        }
        findings += warnings(source, vitals, settings).map { CheckReport.Finding(.warning, subject, $0) }
        return findings
    }

    static func warnings(_ source: SourceDescription, _ vitals: WorkerVitals, _ settings: StreamSettings) -> [String] {
        var warnings: [String] = []
        let gop = vitals.gopSeconds
        if gop > settings.segmentMaximum {
            warnings.append(
                "a keyframe comes every \(Figures.decimal(gop, 1)) s only, and segmentMaximum is \(Figures.decimal(settings.segmentMaximum, 1)) s: "
                    + "set the camera's keyframe interval (GOP) to 2 s, or segmentMaximum to \(Int(gop.rounded(.up)))")
        } else if gop > 4 {
            warnings.append(
                "a keyframe comes every \(Figures.decimal(gop, 1)) s: viewers wait that long for the first picture; "
                    + "set the camera's keyframe interval (GOP) to 1 or 2 s")
        }
        if let video = source.video {
            if video.codec == "hevc" {
                warnings.append(
                    "HEVC plays in Safari and on some newer devices only: set the camera to H.264, or every other viewer sees nothing")
            }
            if video.hasBFrames {
                warnings.append("B-frames delay every picture by a few frames: switch them off in the camera or encoder")
            }
            if vitals.frameRate > 0, vitals.frameRate < 10 {
                warnings.append("\(Figures.frameRate(vitals.frameRate)) frames a second look jerky: 25 is usual")
            }
        } else {
            warnings.append("there is no picture: viewers will only hear the hall")
        }
        if source.audio.isEmpty { warnings.append("there is no sound: viewers will only see the hall") }
        if abs(vitals.clockDriftPPM) > 200 {
            warnings.append("the camera's clock is \(Figures.drift(vitals.clockDriftPPM)) off: let it take the time from NTP")
        }
        if vitals.bitRate > 12_000_000 {
            warnings.append("\(Figures.bitRate(vitals.bitRate)) is more than many viewers' lines carry: 3 to 6 Mbit/s suit a hall in 1080p")
        }
        if vitals.corruptPackets > 0 { warnings.append("\(vitals.corruptPackets) damaged packets: look at the cable, or use TCP") }
        return warnings + source.ignored.map { "passed over: \($0)" }
    }
}
