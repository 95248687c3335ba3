import NIOCore

/// A hall's live window: the segments viewers can reach, one copy of every part, and the numbers that never repeat. A value; no clock.
package struct LiveWindow: Sendable {
    package let targets: LiveTargets
    /// 90 kHz ticks of video that viewers can seek back in.
    package var length: Int64
    package private(set) var numbers: LiveNumbers

    /// What the playlist lists; the last may be open.
    private(set) var segments: [LiveSegment] = []
    /// What has left the playlist and can still be fetched, with the decode time at which it left.
    private(set) var retired: [(segment: LiveSegment, leftAt: Int64)] = []
    private(set) var initializations: [Int: StreamInitialization] = [:]
    private(set) var currentInitialization: Int?
    /// Renditions that were ever seen in this window.
    private(set) var renditionCount = 1
    private(set) var isEnded = false
    private(set) var bandwidth = BandwidthMeter()
    /// UTC microseconds at the window's end.
    private(set) var endDate: Int64 = 0
    /// EXT-X-DATERANGE of agenda items and rounds, in the order of their start; playlists show those that reach into the window.
    package var dateRanges: [DateRange] = []
    /// The next segment begins with EXT-X-DISCONTINUITY.
    private var owesDiscontinuity: Bool
    /// The name under which the next part was hinted: it is used even when the segment is closed meanwhile (§4.4.5.3).
    private var hinted: PartName?

    /// - Parameter continues: something was served under these numbers before; the first segment says DISCONTINUITY.
    package init(targets: LiveTargets, numbers: LiveNumbers, length: Int64, continues: Bool) {
        self.targets = targets
        self.numbers = numbers
        self.length = length
        owesDiscontinuity = continues
    }

    package var isEmpty: Bool { segments.isEmpty }
    /// Decode time of the window's end, 90 kHz ticks.
    package var end: Int64 { numbers.timeline }
    package var byteCount: Int { segments.reduce(0) { $0 + $1.bytes } + retired.reduce(0) { $0 + $1.segment.bytes } }

    /// Seven segments of EXT-X-GAP before the first: without them players of iOS wait for as many real ones (gohlslib does the same).
    /// Where a playlist was served before, as before a crash, there are as many as make three target durations: segments must not be
    /// taken from a live playlist below that (RFC 8216bis §6.2.2), and all the old ones are gone.
    package mutating func begin(segmentDuration: Int64, firstDate: Int64) {
        precondition(segments.isEmpty, "a window begins once")
        let duration = max(1, min(segmentDuration, targets.targetTicks))
        let least = owesDiscontinuity ? (3 * targets.targetTicks + duration - 1) / duration : 0
        let count = max(7, least)
        endDate = firstDate - count * microseconds(duration)
        for _ in 0..<count {
            openSegment(date: endDate, discontinuity: false)
            segments[segments.count - 1].duration = duration
            segments[segments.count - 1].printed = PlaylistText.floorDecimal(duration)
            numbers.timeline += duration
            endDate += microseconds(duration)
            closeSegment()
        }
    }

    /// The init segments of the segments from here on. The same bytes keep their number while the window has them.
    package mutating func use(_ initialization: StreamInitialization) {
        if let current = currentInitialization, initializations[current] == initialization { return }
        closeSegment()
        if let known = initializations.first(where: { $0.value == initialization })?.key {
            currentInitialization = known
        } else {
            initializations[numbers.initialization] = initialization
            currentInitialization = numbers.initialization
            numbers.initialization += 1
        }
        renditionCount = max(renditionCount, initialization.renditions.count)
        // New parameters need EXT-X-DISCONTINUITY (§4.4.4.3), unless nothing was shown before.
        if segments.contains(where: { $0.initialization != nil }) { owesDiscontinuity = true }
    }

    /// Adds a part at the window's end. Its fragments must already be timed for `end` and numbered from `numbers.fragment`.
    ///
    /// - Parameters:
    ///   - date: UTC microseconds of its first frame.
    ///   - discontinuity: the timeline is broken before it; it starts a segment then.
    ///   - endsSegment: the next part starts a segment: this one's is listed whole at once.
    package mutating func append(
        fragments: [ByteBuffer], duration: Int64, independent: Bool, startsSegment: Bool, endsSegment: Bool = false, discontinuity: Bool,
        date: Int64
    ) {
        precondition(duration > 0 && duration <= targets.partTarget, "a part of \(duration) ticks in a window of \(targets.partTarget)")
        let name = nextPart
        if startsSegment || discontinuity { closeSegment() }
        if segments.last?.isComplete ?? true {
            openSegment(date: date, discontinuity: discontinuity)
        }
        let part = LivePart(name: name, duration: duration, printed: 0, independent: independent, fragments: fragments)
        segments[segments.count - 1].append(part)
        hinted = PartName(mediaSequence: numbers.mediaSequence - 1, index: segments[segments.count - 1].parts.count)
        numbers.timeline += duration
        numbers.fragment += 1
        endDate = date + microseconds(duration)
        if endsSegment {
            closeSegment()
            // the next part is hinted as what it will be
            hinted = nil
        }
        trim()
    }

    /// Adds a part for which there is no media (GAP=YES).
    package mutating func appendGap(duration: Int64, startsSegment: Bool, endsSegment: Bool = false, date: Int64) {
        append(
            fragments: [], duration: duration, independent: false, startsSegment: startsSegment, endsSegment: endsSegment,
            discontinuity: false, date: date)
    }

    /// The next segment will begin with EXT-X-DISCONTINUITY, whether the camera or a filler fills it.
    package mutating func breakTimeline() {
        closeSegment()
        owesDiscontinuity = true
    }

    /// No part follows in the open segment.
    package mutating func closeSegment() {
        guard let last = segments.last, !last.isComplete else { return }
        segments[segments.count - 1].isComplete = true
        bandwidth.add(segments[segments.count - 1], renditions: renditionCount, targets: targets)
    }

    /// EXT-X-ENDLIST: nothing follows.
    package mutating func finish() {
        closeSegment()
        isEnded = true
    }

    /// The part that comes next, as the playlist hints it.
    package var nextPart: PartName { hinted ?? PartName(mediaSequence: numbers.mediaSequence, index: 0) }

    private mutating func openSegment(date: Int64, discontinuity: Bool) {
        let breaks = discontinuity || owesDiscontinuity
        owesDiscontinuity = false
        if breaks { numbers.discontinuity += 1 }
        segments.append(
            LiveSegment(
                mediaSequence: numbers.mediaSequence, discontinuity: breaks, discontinuitySequence: numbers.discontinuity,
                initialization: currentInitialization, programDateTime: date, start: numbers.timeline))
        numbers.mediaSequence += 1
    }

    /// Drops what is older than the window: never below three target durations (RFC 8216bis §6.2.2) nor seven segments.
    private mutating func trim() {
        let keep = max(length, 3 * targets.targetTicks)
        var leaving = 0
        while segments.count - leaving > 7, end - segments[leaving + 1].start >= keep { leaving += 1 }
        if leaving > 0 {
            retired += segments[..<leaving].filter { !$0.parts.isEmpty }.map { (segment: $0, leftAt: end) }
            segments.removeFirst(leaving)
        }
        let expired = retired.prefix { end - $0.leftAt > 3 * targets.targetTicks }.count
        if expired > 0 { retired.removeFirst(expired) }
        if leaving > 0 || expired > 0 { dropUnusedInitializations() }
    }

    private mutating func dropUnusedInitializations() {
        guard initializations.count > 1 else { return }
        var used = Set(segments.compactMap(\.initialization)).union(retired.compactMap(\.segment.initialization))
        if let currentInitialization { used.insert(currentInitialization) }
        initializations = initializations.filter { used.contains($0.key) }
    }

    private func microseconds(_ ticks: Int64) -> Int64 { ticks * 100 / 9 }
}

// MARK: - Requests

/// Whether something is in the window, still to come, gone, or has never existed.
enum LiveMedia: Equatable {
    case chunks([ByteBuffer])
    /// The hinted part, or the very next thing: worth waiting for.
    case expected
    case gone
    case unknown
}

extension LiveWindow {
    /// Head of the playlist.
    var firstMediaSequence: Int { segments.first?.mediaSequence ?? numbers.mediaSequence }
    /// Value of EXT-X-DISCONTINUITY-SEQUENCE: the first segment's number without its own tag (§4.4.3.3).
    var discontinuitySequence: Int {
        guard let first = segments.first else { return numbers.discontinuity }
        return first.discontinuitySequence - (first.discontinuity ? 1 : 0)
    }

    private func find(_ mediaSequence: Int) -> LiveSegment? {
        if let first = segments.first, mediaSequence >= first.mediaSequence {
            let index = mediaSequence - first.mediaSequence
            return index < segments.count ? segments[index] : nil
        }
        return retired.last { $0.segment.mediaSequence == mediaSequence }?.segment
    }

    func segment(_ mediaSequence: Int, rendition: Int) -> LiveMedia {
        guard let segment = find(mediaSequence) else { return mediaSequence < firstMediaSequence ? .gone : .unknown }
        guard segment.isComplete else { return isEnded ? .unknown : .expected }
        let chunks = segment.chunks(rendition)
        return chunks.isEmpty ? .unknown : .chunks(chunks)
    }

    func part(_ name: PartName, rendition: Int) -> LiveMedia {
        if name == nextPart, !isEnded { return .expected }
        guard let segment = find(name.mediaSequence) else { return name.mediaSequence < firstMediaSequence ? .gone : .unknown }
        if name.index < segment.parts.count {
            return segment.parts[name.index].fragment(rendition).map { .chunks([$0]) } ?? .unknown
        }
        // One past the end: the first part of the next segment was promised under this name.
        guard name.index == segment.parts.count, segment.isComplete, let next = find(name.mediaSequence + 1), let first = next.parts.first
        else { return .unknown }
        return first.fragment(rendition).map { .chunks([$0]) } ?? .unknown
    }

    func initialization(_ number: Int, rendition: Int) -> LiveMedia {
        if number == numbers.initialization, !isEnded { return .expected }
        guard let set = initializations[number] else { return number < numbers.initialization ? .gone : .unknown }
        return rendition < set.renditions.count ? .chunks([set.renditions[rendition].bytes]) : .unknown
    }
}
