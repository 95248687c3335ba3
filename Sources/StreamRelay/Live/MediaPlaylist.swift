import NIOCore

/// The text of a media playlist (RFC 8216bis §4.4): a function of the window.
package enum MediaPlaylist {
    /// - Parameter skip: leave out what is older than CAN-SKIP-UNTIL (a Playlist Delta Update, §6.2.5.1).
    package static func render(_ window: LiveWindow, rendition: Int, skip: Bool) -> ByteBuffer {
        var out = ByteBufferAllocator().buffer(capacity: 16 << 10)
        writeHead(window, to: &out)
        let skipped = skip ? skippable(window) : 0
        if skipped > 0 { out.writeString("#EXT-X-SKIP:SKIPPED-SEGMENTS=\(skipped)\n") }
        for range in shown(window) { out.writeString("\(range.tag)\n") }
        var map: Int?
        for segment in window.segments.dropFirst(skipped) { write(segment, of: window, rendition: rendition, map: &map, to: &out) }
        writeTail(window, rendition: rendition, to: &out)
        return out
    }

    private static func writeHead(_ window: LiveWindow, to out: inout ByteBuffer) {
        let partTarget = PlaylistText.ceilDecimal(window.targets.partTarget)
        // EXT-X-SKIP needs 9 (§8); a full playlist names the same version as its delta. EXT-X-INDEPENDENT-SEGMENTS (§4.4.2.1) is never
        // set: it applies to every segment of the playlist's life (§6.2.1: the tag could not be removed later), and a camera whose GOP grows
        // past TARGETDURATION would break it. EXT-X-PART says INDEPENDENT=YES where it applies.
        out.writeString("#EXTM3U\n#EXT-X-VERSION:9\n")
        out.writeString("#EXT-X-TARGETDURATION:\(window.targets.targetDuration)\n")
        out.writeString("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=\(PlaylistText.decimal(3 * partTarget))")
        out.writeString(",CAN-SKIP-UNTIL=\(PlaylistText.decimal(PlaylistText.ceilDecimal(window.targets.skipTicks)))\n")
        out.writeString("#EXT-X-PART-INF:PART-TARGET=\(PlaylistText.decimal(partTarget))\n")
        out.writeString("#EXT-X-MEDIA-SEQUENCE:\(window.firstMediaSequence)\n")
        out.writeString("#EXT-X-DISCONTINUITY-SEQUENCE:\(window.discontinuitySequence)\n")
    }

    /// At most so many, the newest: a playlist is fetched twice a second.
    static let rangeLimit = 64

    private static func shown(_ window: LiveWindow) -> ArraySlice<DateRange> {
        let first = window.segments.first?.programDateTime ?? .min
        return window.dateRanges.filter { $0.end.map { $0 >= first } ?? true }.suffix(rangeLimit)
    }

    /// Segments that lie wholly before the skip boundary.
    static func skippable(_ window: LiveWindow) -> Int {
        window.segments.prefix { $0.isComplete && window.end - $0.end >= window.targets.skipTicks }.count
    }

    private static func write(_ segment: LiveSegment, of window: LiveWindow, rendition: Int, map: inout Int?, to out: inout ByteBuffer) {
        if segment.discontinuity { out.writeString("#EXT-X-DISCONTINUITY\n") }
        let isGap = segment.isGap(rendition)
        if !isGap, let number = segment.initialization, number != map {
            map = number
            out.writeString("#EXT-X-MAP:URI=\"\(LiveName.initialization(number: number, rendition: rendition).text)\"\n")
        }
        out.writeString("#EXT-X-PROGRAM-DATE-TIME:\(PlaylistText.date(segment.programDateTime))\n")
        if isGap, segment.isComplete { out.writeString("#EXT-X-GAP\n") }
        if window.end - segment.end <= window.targets.partsTicks {
            for part in segment.parts { write(part, rendition: rendition, to: &out) }
        }
        guard segment.isComplete else { return }
        out.writeString("#EXTINF:\(PlaylistText.decimal(segment.printed)),\n")
        out.writeString("\(LiveName.segment(mediaSequence: segment.mediaSequence, rendition: rendition).text)\n")
    }

    private static func write(_ part: LivePart, rendition: Int, to out: inout ByteBuffer) {
        out.writeString("#EXT-X-PART:DURATION=\(PlaylistText.decimal(part.printed))")
        out.writeString(",URI=\"\(LiveName.part(part.name, rendition: rendition).text)\"")
        let isGap = part.fragment(rendition) == nil
        if part.independent, !isGap { out.writeString(",INDEPENDENT=YES") }
        if isGap { out.writeString(",GAP=YES") }
        out.writeString("\n")
    }

    private static func writeTail(_ window: LiveWindow, rendition: Int, to out: inout ByteBuffer) {
        guard !window.isEnded else {
            out.writeString("#EXT-X-ENDLIST\n")
            return
        }
        out.writeString("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"\(LiveName.part(window.nextPart, rendition: rendition).text)\"\n")
        guard let last = window.segments.last else { return }
        for other in 0..<window.renditionCount where other != rendition {
            out.writeString("#EXT-X-RENDITION-REPORT:URI=\"\(LiveName.playlist(rendition: other).text)\",LAST-MSN=\(last.mediaSequence)")
            if !last.parts.isEmpty { out.writeString(",LAST-PART=\(last.parts.count - 1)") }
            out.writeString("\n")
        }
    }
}
