import NIOCore
import Testing

@testable import StreamRelay

@Suite struct BlockingReloadTests {
    /// Segment 8 is open with two parts; segment 7 has four.
    static var window: LiveWindow {
        var window = PlaylistTests.window(target: 4)
        for index in 0..<6 { PlaylistTests.add(&window, starts: index % 4 == 0) }
        return window
    }

    private enum Expected { case now, hold, bad }

    @Test(arguments: [
        ("", "now"), ("_HLS_msn=7", "now"), ("_HLS_msn=8", "hold"), ("_HLS_msn=9", "hold"), ("_HLS_msn=10", "hold"), ("_HLS_msn=11", "400"),
        ("_HLS_msn=8&_HLS_part=0", "now"), ("_HLS_msn=8&_HLS_part=1", "now"), ("_HLS_msn=8&_HLS_part=2", "hold"),
        ("_HLS_msn=8&_HLS_part=6", "hold"), ("_HLS_msn=8&_HLS_part=7", "400"), ("_HLS_msn=7&_HLS_part=3", "now"),
        ("_HLS_msn=7&_HLS_part=4", "now"), ("_HLS_msn=7&_HLS_part=99", "now"), ("_HLS_msn=9&_HLS_part=0", "hold"), ("_HLS_msn=0", "now"),
        ("_HLS_part=1", "400"), ("_HLS_msn=-1", "400"), ("_HLS_msn=abc", "400"), ("_HLS_msn=", "400"), ("_HLS_msn", "400"),
        ("_HLS_msn=999999999999", "400"), ("_HLS_msn=99999999999999999999999", "400"), ("_HLS_msn=8&_HLS_msn=8", "400"),
        ("_HLS_msn=8&_HLS_part=-1", "400"), ("_HLS_msn=8&_HLS_part=1.5", "400"), ("_HLS_msn=%38", "400"), ("_HLS_skip=YES", "now"),
        ("_HLS_skip=v2", "now"), ("_HLS_skip=NO", "400"), ("token=x&_HLS_msn=7", "now"), ("_HLS_other=1", "now"),
    ])
    func `a reload is answered as the draft says`(query: String, expected: String) {
        var responder = LiveResponder()
        let answer = responder.answer(.playlist(rendition: 0), query: query[...], window: Self.window, audioNames: [], camera: nil)
        switch answer {
        case .ready: #expect(expected == "now")
        case .hold(let limit):
            #expect(expected == "hold")
            #expect(limit == .seconds(12))
        case .refused(let refusal): #expect("\(refusal.status)" == expected)
        }
    }

    @Test func `a held reload is answered by the part it waits for`() throws {
        var window = Self.window
        let wanted = try DeliveryDirectives(query: "_HLS_msn=8&_HLS_part=2")
        #expect(BlockingReload.decide(wanted, window: window) == .hold)
        PlaylistTests.add(&window)
        #expect(BlockingReload.decide(wanted, window: window) == .now)
    }

    @Test func `a part past the end of its segment is the first of the next`() throws {
        var window = Self.window
        let wanted = try DeliveryDirectives(query: "_HLS_msn=8&_HLS_part=2")
        PlaylistTests.add(&window, starts: true)
        #expect(BlockingReload.decide(wanted, window: window) == .now)
    }

    @Test func `the end of the stream answers whoever waits`() throws {
        var window = Self.window
        window.finish()
        #expect(BlockingReload.decide(try DeliveryDirectives(query: "_HLS_msn=9&_HLS_part=5"), window: window) == .now)
    }

    @Test func `a blocking answer may be kept longer than a plain one`() {
        var responder = LiveResponder()
        func age(_ query: Substring) -> Int? {
            guard
                case .ready(let resource) = responder.answer(
                    .playlist(rendition: 0), query: query, window: Self.window, audioNames: [], camera: nil)
            else { return nil }
            return resource.maxAge
        }
        #expect(age("") == 0)
        #expect(age("_HLS_msn=7&_HLS_part=0") == 24)
    }

    @Test func `a playlist is rendered once and shared until the window changes`() {
        var responder = LiveResponder()
        var window = Self.window
        func bytes() -> (UnsafeRawPointer?, String) {
            guard
                case .ready(let resource) = responder.answer(
                    .playlist(rendition: 0), query: "", window: window, audioNames: [], camera: nil)
            else { return (nil, "") }
            return (resource.chunks[0].withUnsafeReadableBytes { $0.baseAddress }, resource.etag)
        }
        let first = bytes()
        #expect(first.0 == bytes().0 && first.1 == bytes().1)
        PlaylistTests.add(&window)
        responder.invalidate()
        #expect(bytes().1 != first.1)
    }

    @Test func `a rendition that is not there is 404, a part that left 410, a hinted one is held`() {
        var responder = LiveResponder()
        func status(_ name: String) -> String {
            guard let name = LiveName(name[...]) else { return "no name" }
            return switch responder.answer(name, query: "", window: Self.window, audioNames: [], camera: nil) {
            case .ready(let resource): "\(resource.byteCount) \(resource.immutable)"
            case .hold: "hold"
            case .refused(let refusal): "\(refusal.status)"
            }
        }
        #expect(status("audio1.m3u8") == "404")
        #expect(status("s8.2.mp4") == "hold")
        #expect(status("s7.mp4") == "40 true")
        #expect(status("s7.1.mp4") == "10 true")
        #expect(status("i0.mp4") == "8 true")
        #expect(status("s99.mp4") == "404")
        #expect(status("a1-s7.mp4") == "404")
    }

    @Test(arguments: [
        "index.m3u8", "main.m3u8", "audio1.m3u8", "i0.mp4", "i12.a2.mp4", "s0.mp4", "s12.3.mp4", "a1-s12.mp4", "a2-s12.0.mp4",
    ])
    func `a name is read as it is printed`(name: String) {
        #expect(LiveName(name[...])?.text == name)
    }

    @Test(arguments: [
        "", "s.mp4", "s01.mp4", "s1.2.3.mp4", "s-1.mp4", "audio0.m3u8", "audio.m3u8", "a0-s1.mp4", "i1.a0.mp4", "../s1.mp4", "s1.mp4/",
        "S1.mp4",
        "s99999999999999999999.mp4", "s1.mp4\0", "a1-.mp4", "main.m3u8 ",
    ])
    func `anything else is no name`(name: String) {
        #expect(LiveName(name[...]) == nil)
    }
}
