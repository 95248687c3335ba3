import Glibc
import PlenaryConfiguration
import StreamRelay

/// Opens every hall's camera for some seconds, all at the same time.
struct CameraCheck {
    var config: PlenaryConfig

    func findings() async -> [CheckReport.Finding] {
        let executable = SharedFolders.executable()
        let exists = { (path: String) in access(path, F_OK) == 0 }
        let pages = (try? SharedFolders.pages(configured: config.pages, executable: executable, exists: exists)) ?? "web"
        let probe = CameraProbe(
            workerExecutable: executable, resources: SharedFolders.pictures(pages: pages, executable: executable, exists: exists))
        let rtmp = config.rtmpListen
        return await withTaskGroup(of: (Int, [CheckReport.Finding]).self) { group in
            for (index, hall) in config.halls.enumerated() {
                group.addTask { (index, await Self.findings(hall, probe, rtmp)) }
            }
            var found = [[CheckReport.Finding]](repeating: [], count: config.halls.count)
            for await (index, findings) in group { found[index] = findings }
            return found.flatMap(\.self)
        }
    }

    private static func findings(_ hall: PlenaryConfig.Hall, _ probe: CameraProbe, _ rtmp: ListenAddress?) async -> [CheckReport.Finding] {
        let subject = "hall \(hall.name)"
        let camera = hall.stream.camera
        guard camera.scheme != .rtmpPush else {
            let door = rtmp.map { "rtmp://\($0)/live/" } ?? "the RTMP door"
            return [.init(.ok, subject, "an encoder is to push to \(door) with the stream key; it is looked at when it does")]
        }
        do {
            let seen = try await probe.run(hall.stream)
            return CameraAdvice.findings(hall.name, seen.source, seen.vitals, hall.stream)
        } catch {
            return [.init(.fault, subject, error.message)]
        }
    }
}
