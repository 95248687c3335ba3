import Testing

@testable import StreamRelay

@Suite struct `A probe's conversation with its worker` {
    private let source = SourceDescription(format: "rtsp", video: nil, audio: [], ignored: [])

    @Test func `what was described, with the last vitals, is the answer`() {
        var conversation = ProbeConversation()
        var vitals = WorkerVitals()
        #expect(conversation.received(.opened(source)) == .goOn)
        vitals.gopSeconds = 1
        #expect(conversation.received(.heartbeat(vitals)) == .goOn)
        vitals.gopSeconds = 2
        #expect(conversation.received(.heartbeat(vitals)) == .goOn)
        #expect(conversation.received(.ended) == .finish(CameraProbe.Seen(source: source, vitals: vitals)))
    }

    @Test func `a failure is the worker's own`() {
        var conversation = ProbeConversation()
        let failure = RelayFailure(kind: .unauthorized, message: "401")
        #expect(conversation.received(.failed(failure)) == .fail(failure))
    }

    @Test func `a worker that exits without a report is a camera that cannot be reached`() {
        let conversation = ProbeConversation()
        #expect(throws: RelayFailure.self) { try conversation.ended().get() }
    }

    @Test func `what is known when the time is over is the answer`() throws {
        var conversation = ProbeConversation()
        _ = conversation.received(.opened(source))
        #expect(try conversation.ended().get().source == source)
    }

    @Test func `a worker that cannot be started is named`() async throws {
        let settings = StreamSettings(
            hall: "a", camera: try CameraAddress("test:"), autostart: true, segmentDuration: 2, segmentMaximum: 6, partDuration: 0.5,
            liveWindow: 60, captureDelay: 0, slateOnLoss: true, slateImage: nil, language: "uk", audioNames: [], workerMemory: 1 << 29)
        await #expect {
            try await CameraProbe(workerExecutable: "/nowhere/plenary", resources: "/").run(settings)
        } throws: {
            ($0 as? RelayFailure)?.message.contains("/nowhere/plenary") == true
        }
        // A program that says nothing and leaves.
        await #expect(throws: RelayFailure.self) { try await CameraProbe(workerExecutable: "/bin/true", resources: "/").run(settings) }
    }
}
