internal import CFFmpeg
import Glibc
import NIOCore

/// The generated hall (`test:`): a still picture with a running UTC clock, for people as figures and for machines as a strip of
/// blocks, and a tone with a pip at each full second; encoded by libavcodec in real time.
final class TestHall: PacketSource {
    /// The address's parameters: `test:?size=1920x1080&rate=25&gop=50&tone=yes`.
    struct Request: Equatable {
        var width = 1_920
        var height = 1_080
        var rate = 25
        var gop = 50
        var tone = true

        init(_ address: CameraAddress) throws {
            for (key, value) in InputOptions.split(address.raw).query {
                let number = Int(value)
                switch (key, number) {
                case ("size", _):
                    let sides = value.split(separator: "x").compactMap { Int($0) }
                    guard sides.count == 2, sides.allSatisfy({ (96...3_840).contains($0) && $0 % 2 == 0 }) else {
                        throw Self.fault("size=\(value)", "two even numbers from 96 to 3840, as in 1280x720")
                    }
                    (width, height) = (sides[0], sides[1])
                case ("rate", let number?) where (1...60).contains(number): rate = number
                case ("rate", _): throw Self.fault("rate=\(value)", "1 to 60 frames per second")
                case ("gop", let number?) where (1...600).contains(number): gop = number
                case ("gop", _): throw Self.fault("gop=\(value)", "1 to 600 frames")
                case ("tone", _) where value == "yes" || value == "no": tone = value == "yes"
                default: throw Self.fault("\(key)=\(value)", "size, rate, gop and tone=yes|no")
                }
            }
        }

        private static func fault(_ found: String, _ allowed: String) -> RelayFailure {
            RelayFailure(kind: .unusable, message: "test: does not know “\(found)”; allowed: \(allowed)")
        }
    }

    private static let clockPanel = (x: 1_240, y: 60, width: 620, height: 190)
    private static let glyph = (width: 56, height: 96)
    private static let stripTop = 1_048
    private static let stripBits = 48

    private let request: Request
    private let link: DaemonLink
    private let background: Picture
    private let digits: Picture
    private let canvas: Picture
    private let video: VideoEncoder
    private let audio: AACEncoder?
    private var pending: [(track: Int, packet: OwnedPacket)] = []
    private var frameIndex = 0
    /// Samples that were left out with lost time.
    private var silentSamples: Int64 = 0
    private var begin: Int64 = 0
    private var beginWall: Int64 = 0

    let format = "test"
    let isPaced = false
    private(set) var tracks = InputTracks()

    init(_ address: CameraAddress, resources: String, link: DaemonLink) throws {
        request = try Request(address)
        self.link = link
        let size = (width: request.width, height: request.height)
        background = try Picture(file: resources + "/hall.png", size: size)
        canvas = try Picture(width: size.width, height: size.height)
        cell = (max(2, Self.glyph.width * size.width / 1_920 & ~1), max(2, Self.glyph.height * size.height / 1_080 & ~1))
        digits = try Picture(file: resources + "/digits.png", size: (cell.width * 12, cell.height))
        video = try VideoEncoder(
            width: size.width, height: size.height, rate: request.rate, gop: request.gop,
            options: [
                ("preset", "superfast"), ("tune", "zerolatency"), ("crf", "23"), ("maxrate", "6000000"), ("bufsize", "6000000"),
                ("profile", "high"), ("x264-params", "scenecut=0:keyint=\(request.gop):min-keyint=\(request.gop)"),
            ])
        audio = request.tone ? try AACEncoder(sampleRate: 48_000, channels: 2) : nil
        tracks.videoCodec = .h264
        tracks.frameRate = Double(request.rate)
        tracks.video = .init(
            streamIndex: 0, parameters: video.parameters, timeBase: AVRational(num: 1, den: Int32(request.rate)), language: "")
        if let audio {
            let parameters = CodecParameters()
            parameters.pointer.pointee.codec_type = AVMEDIA_TYPE_AUDIO
            parameters.pointer.pointee.codec_id = AV_CODEC_ID_AAC
            parameters.pointer.pointee.sample_rate = 48_000
            cff_set_channels(parameters.pointer, 2)
            parameters.setExtradata(audio.config.audioSpecificConfig)
            tracks.audio = [.init(streamIndex: 1, parameters: parameters, timeBase: AVRational(num: 1, den: 48_000), language: "")]
        }
        begin = Clock.steady()
        beginWall = Clock.wall()
    }
    private let cell: (width: Int, height: Int)

    func read(into packet: borrowing Packet) throws -> ReadResult {
        av_packet_unref(packet.pointer)
        if pending.isEmpty {
            let due = begin + Int64(frameIndex) * 1_000_000 / Int64(request.rate)
            let wait = due - Clock.steady()
            if wait > 0 {
                let over = link.turn(waitMilliseconds: Int32(min(100, (wait + 999) / 1_000)))
                return over ? .end : .nothing
            }
            try generate(due: due)
        }
        guard !pending.isEmpty else { return .nothing }
        let next = pending.removeFirst()
        next.packet.move(to: packet)
        return .packet(track: next.track)
    }

    private func generate(due: Int64) throws {
        skipLostTime(due: due)
        try canvas.copy(background)
        // the moment the frame was due, as a camera would show it, however late a busy machine draws it
        let shown = Clock.wall() - max(0, Clock.steady() - begin - Int64(frameIndex) * 1_000_000 / Int64(request.rate))
        drawClock(shown)
        drawStrip(shown / 1_000)
        try video.encode(canvas, index: frameIndex) { packet in
            packet.pointer.pointee.stream_index = 0
            pending.append((0, OwnedPacket(taking: packet)))
        }
        frameIndex += 1
        try generateSound(until: Int64(frameIndex) * 48_000 / Int64(request.rate) - silentSamples)
    }

    /// After a sleep of the machine the frames that were due are left out, as a camera's would be: their times stay true.
    private func skipLostTime(due: Int64) {
        let late = Clock.steady() - due
        guard late > 1_000_000 else { return }
        let frames = Int(late * Int64(request.rate) / 1_000_000)
        frameIndex += frames
        silentSamples += Int64(frames) * 48_000 / Int64(request.rate)
    }

    // MARK: Picture

    private func drawClock(_ wall: Int64) {
        let tenths = wall / 100_000
        let seconds = tenths / 10
        let text = [
            seconds / 3_600 % 24 / 10, seconds / 3_600 % 24 % 10, 10, seconds / 600 % 6, seconds / 60 % 10,
            10, seconds / 10 % 6, seconds % 10, 11, tenths % 10,
        ]
        let panel = Self.clockPanel
        let left = (panel.x + (panel.width - text.count * Self.glyph.width) / 2) * request.width / 1_920 & ~1
        let top = (panel.y + (panel.height - Self.glyph.height) / 2) * request.height / 1_080 & ~1
        for (index, glyph) in text.enumerated() {
            canvas.draw(digits, from: (Int(glyph) * cell.width, 0), size: cell, at: (left + index * cell.width, top))
        }
    }

    /// 48 bits of UTC milliseconds, most significant first, white is 1.
    private func drawStrip(_ milliseconds: Int64) {
        let top = Self.stripTop * request.height / 1_080 & ~1
        for index in 0..<Self.stripBits {
            let bit = milliseconds >> Int64(Self.stripBits - 1 - index) & 1
            let left = index * request.width / Self.stripBits
            let right = (index + 1) * request.width / Self.stripBits
            canvas.fill(x: left..<right, y: top..<request.height & ~1, luma: bit == 1 ? 235 : 16)
        }
    }

    // MARK: Sound

    private func generateSound(until end: Int64) throws {
        guard let audio else { return }
        try audio.fill { planes, room in
            let count = min(room, Int(max(0, end - audio.samplesIn)))
            for offset in 0..<count {
                let value = self.tone(at: audio.samplesIn + Int64(offset))
                for channel in 0..<2 {
                    planes[channel]!.withMemoryRebound(to: Float.self, capacity: room) { $0[offset] = value }
                }
            }
            return count
        }
        for coded in try audio.take() {
            let packet = OwnedPacket(bytes: coded.payload, stream: 1, time: coded.firstSample + silentSamples)
            pending.append((1, packet))
        }
    }

    private func tone(at sample: Int64) -> Float {
        let second = Double(beginWall % 1_000_000) / 1_000_000 + Double(sample) / 48_000
        let isPip = second - second.rounded(.down) < 0.1
        let phase = 2 * Double.pi * Double(sample % 48_000) / 48_000
        return Float(isPip ? 0.2 * sin(1_000 * phase) : 0.03 * sin(220 * phase))
    }
}

/// A packet that waits in a queue.
final class OwnedPacket {
    private let packet = Packet()

    init(taking other: borrowing Packet) { av_packet_move_ref(packet.pointer, other.pointer) }

    init(bytes: ByteBuffer, stream: Int32, time: Int64) {
        guard av_new_packet(packet.pointer, Int32(bytes.readableBytes)) >= 0 else { return }
        bytes.withUnsafeReadableBytes {
            UnsafeMutableRawPointer(packet.pointer.pointee.data).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
        packet.pointer.pointee.stream_index = stream
        packet.pointer.pointee.pts = time
        packet.pointer.pointee.dts = time
        packet.pointer.pointee.flags = AV_PKT_FLAG_KEY
    }

    func move(to other: borrowing Packet) { av_packet_move_ref(other.pointer, packet.pointer) }
}
