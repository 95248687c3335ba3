import NIOCore

/// Writes movie fragments (ISO/IEC 14496-12 §8.8): one `moof` and one `mdat` with a run for each track.
///
/// Used instead of libavformat's mov muxer, which invents the first decode time of a fragment: here every decode time and duration is
/// the camera's own.
package enum FragmentWriter {
    /// One access unit in a run.
    package struct Sample: Sendable, Equatable {
        /// Ticks of the track's timescale.
        package var duration: UInt32
        /// Presentation minus decode time, ticks; may be negative (`trun` version 1).
        package var compositionOffset: Int32
        package var isSync: Bool
        package var payload: ByteBuffer

        package init(duration: UInt32, compositionOffset: Int32, isSync: Bool, payload: ByteBuffer) {
            self.duration = duration
            self.compositionOffset = compositionOffset
            self.isSync = isSync
            self.payload = payload
        }
    }

    /// The samples of one track in a fragment; never empty.
    package struct TrackRun: Sendable, Equatable {
        package var trackID: UInt32
        /// Ticks of the track's timescale.
        package var baseDecodeTime: UInt64
        package var samples: [Sample]

        package init(trackID: UInt32, baseDecodeTime: UInt64, samples: [Sample]) {
            self.trackID = trackID
            self.baseDecodeTime = baseDecodeTime
            self.samples = samples
        }
    }

    /// `sample_depends_on` 2 (others depend on nothing): a sync sample.
    private static let syncFlags: UInt32 = 0x0200_0000
    /// `sample_depends_on` 1 and `sample_is_non_sync_sample`.
    private static let nonSyncFlags: UInt32 = 0x0101_0000

    /// The bytes of a fragment. `runs` with no sample are left out; all empty gives an empty buffer.
    package static func write(sequence: UInt32, runs: [TrackRun]) -> ByteBuffer {
        let runs = runs.filter { !$0.samples.isEmpty }
        guard !runs.isEmpty else { return ByteBuffer() }
        let moofSize = 8 + 16 + runs.reduce(0) { $0 + trafSize(samples: $1.samples.count) }
        let payloadSize = runs.reduce(0) { $0 + $1.samples.reduce(0) { $0 + $1.payload.readableBytes } }

        var out = ByteBufferAllocator().buffer(capacity: moofSize + 8 + payloadSize)
        out.writeBox("moof", size: moofSize)
        out.writeBox("mfhd", size: 16)
        out.writeInteger(UInt32(0))
        out.writeInteger(sequence)

        var dataOffset = moofSize + 8
        for run in runs {
            writeTraf(run, dataOffset: dataOffset, to: &out)
            dataOffset += run.samples.reduce(0) { $0 + $1.payload.readableBytes }
        }
        out.writeBox("mdat", size: 8 + payloadSize)
        for run in runs {
            for sample in run.samples { out.writeImmutableBuffer(sample.payload) }
        }
        return out
    }

    private static func trafSize(samples: Int) -> Int { 8 + 16 + 20 + trunHeader + 16 * samples }
    private static let trunHeader = 20

    private static func writeTraf(_ run: TrackRun, dataOffset: Int, to out: inout ByteBuffer) {
        out.writeBox("traf", size: trafSize(samples: run.samples.count))
        out.writeBox("tfhd", size: 16)
        out.writeInteger(UInt32(0x02_0000))  // default-base-is-moof
        out.writeInteger(run.trackID)
        out.writeBox("tfdt", size: 20)
        out.writeInteger(UInt32(0x0100_0000))  // version 1: 64 bits
        out.writeInteger(run.baseDecodeTime)
        out.writeBox("trun", size: trunHeader + 16 * run.samples.count)
        // version 1: signed composition offsets; data offset, and each sample's duration, size, flags, offset
        out.writeInteger(UInt32(0x0100_0F01))
        out.writeInteger(UInt32(run.samples.count))
        out.writeInteger(Int32(dataOffset))
        for sample in run.samples {
            out.writeInteger(sample.duration)
            out.writeInteger(UInt32(sample.payload.readableBytes))
            out.writeInteger(sample.isSync ? syncFlags : nonSyncFlags)
            out.writeInteger(sample.compositionOffset)
        }
    }

    /// Moves a fragment of this writer to another place of the timeline, in place: `mfhd` gets `sequence`, and each track's
    /// `tfdt` grows by `offset` (90 kHz ticks) on the scale of `timescales[trackID - 1]`.
    ///
    /// - Returns: `false`, and the buffer unchanged in meaning, when it is not a fragment of this writer.
    @discardableResult
    package static func rebase(_ fragment: inout ByteBuffer, sequence: UInt32, offset: Int64, timescales: [Int]) -> Bool {
        let start = fragment.readerIndex
        guard let moofSize = fragment.boxSize(at: start, type: "moof"), fragment.boxSize(at: start + 8, type: "mfhd") == 16 else {
            return false
        }
        var traf = start + 24
        while traf < start + moofSize {
            guard let trafSize = fragment.boxSize(at: traf, type: "traf"), trafSize >= 44,
                let track = fragment.getInteger(at: traf + 20, as: UInt32.self), track >= 1, track <= timescales.count,
                fragment.boxSize(at: traf + 24, type: "tfdt") == 20, let time = fragment.getInteger(at: traf + 36, as: Int64.self)
            else { return false }
            fragment.setInteger(time &+ scale(offset, to: timescales[Int(track) - 1]), at: traf + 36)
            traf += trafSize
        }
        fragment.setInteger(sequence, at: start + 20)
        return true
    }

    /// 90 kHz ticks on another scale, rounded to nearest.
    package static func scale(_ ticks: Int64, to timescale: Int) -> Int64 {
        guard timescale != 90_000 else { return ticks }
        let (high, low) = ticks.multipliedFullWidth(by: Int64(timescale))
        let (quotient, remainder) = Int64(90_000).dividingFullWidth((high, low))
        if remainder >= 45_000 { return quotient + 1 }
        if remainder <= -45_000 { return quotient - 1 }
        return quotient
    }
}

extension ByteBuffer {
    fileprivate mutating func writeBox(_ type: StaticString, size: Int) {
        writeInteger(UInt32(size))
        writeStaticString(type)
    }

    /// The size of the box at `index`, if it is of `type` and lies within the buffer.
    fileprivate func boxSize(at index: Int, type: StaticString) -> Int? {
        guard let size = getInteger(at: index, as: UInt32.self).map(Int.init), size >= 8, index + size <= writerIndex,
            getString(at: index + 4, length: 4) == type.description
        else { return nil }
        return size
    }
}
