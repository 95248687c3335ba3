import StreamRelay

/// Reads one entry of the list `halls`.
struct HallReader {
    var folder: String
    var readFile: (String) throws -> String

    /// `nil` when the hall cannot be made; the reader then holds at least one fault.
    func read(_ section: inout SectionReader, rtmpIsOpen: Bool) -> PlenaryConfig.Hall? {
        let keys = ConfigKeys.Hall.self
        let name = section.read(keys.name)
        let title = section.value(keys.title)
        let camera = readCamera(&section, rtmpIsOpen: rtmpIsOpen)
        // A hall with a wrong name or camera is still read to its end, for its other faults.
        let settings = StreamSettings(
            hall: name ?? "", camera: camera ?? .testHall, autostart: section.value(keys.autostart),
            segmentDuration: section.value(keys.segmentDuration), segmentMaximum: section.value(keys.segmentMaximum),
            partDuration: section.value(keys.partDuration), liveWindow: section.value(keys.liveWindow),
            captureDelay: section.value(keys.captureDelay), slateOnLoss: section.value(keys.slateOnLoss),
            slateImage: section.value(keys.slateImage).map { $0.resolved(in: folder) }, language: section.value(keys.language),
            audioNames: section.value(keys.audioNames), workerMemory: section.value(keys.workerMemory),
            picture: section.value(keys.hallPicture))
        ConfigRules.checkDurations(settings, &section)
        let rules = readRules(section.value(keys.rules), language: settings.language)
        let arms = section.value(keys.arms).map { $0.resolved(in: folder) }
        let demo = readDemo(&section)
        var system = section.section("hallSystem", keys: "halls.hallSystem")
        let systemFolder = system.value(ConfigKeys.HallSystem.folder).map { $0.resolved(in: folder) }
        section.add(system)
        guard let name, camera != nil else { return nil }
        let isInFile = section.node(ConfigKeys.Hall.cameraFile.name)?.isEmptyScalar == false
        return PlenaryConfig.Hall(
            name: name, title: title.isEmpty ? name : title, stream: settings, cameraIsInFile: isInFile, rules: rules, arms: arms,
            demo: demo, hallSystemFolder: systemFolder)
    }

    private func readDemo(_ section: inout SectionReader) -> PlenaryConfig.Demo? {
        var demo = section.section("demo", keys: "halls.demo")
        let script = demo.value(ConfigKeys.Demo.script).map { $0.resolved(in: folder) }
        let roster = demo.value(ConfigKeys.Demo.roster).map { $0.resolved(in: folder) }
        let speed = demo.value(ConfigKeys.Demo.speed)
        section.add(demo)
        return script.map { PlenaryConfig.Demo(script: $0, roster: roster, speed: speed) }
    }

    private func readRules(_ given: String?, language: String) -> PlenaryConfig.Rules {
        if let given { return rulePresets.contains(given) ? .preset(given) : .file(given.resolved(in: folder)) }
        return switch language.split(separator: "-").first?.lowercased() {
        case "uk": .preset("ua")
        case "lt": .preset("lt")
        case "ka": .preset("ge")
        default: .none
        }
    }

    private func readCamera(_ section: inout SectionReader, rtmpIsOpen: Bool) -> CameraAddress? {
        let before = section.faults.count
        let direct = section.value(ConfigKeys.Hall.camera)
        let file = section.value(ConfigKeys.Hall.cameraFile)
        guard section.faults.count == before else { return nil }
        var camera: CameraAddress?
        switch (direct, file) {
        case (nil, nil): section.fault("camera", "must be given, here or by cameraFile: \(ConfigKeys.Hall.camera.allowed)")
        case (_?, _?): section.fault("cameraFile", "camera is given too: remove one of the two")
        case (let address?, nil): camera = address
        case (nil, let file?): camera = address(inFile: file.resolved(in: folder), &section)
        }
        guard let camera else { return nil }
        if camera.scheme == .rtmpPush, !rtmpIsOpen {
            section.fault(
                direct != nil ? "camera" : "cameraFile",
                "an encoder is to push here, but no RTMP door is open: set rtmp.listen, such as 127.0.0.1:1935")
        }
        if camera.raw.hasPrefix("./") { return try? CameraAddress(camera.raw.resolved(in: folder)) }
        return camera
    }

    private func address(inFile path: String, _ section: inout SectionReader) -> CameraAddress? {
        do {
            let text = try readFile(path)
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            return try CameraAddress(line.trimmed)
        } catch let fault as CameraAddress.Fault {
            section.fault("cameraFile", "the first line of \(path) is no camera's address: \(fault.description)")
        } catch {
            section.fault("cameraFile", "\(path) cannot be read: \(error)")
        }
        return nil
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
