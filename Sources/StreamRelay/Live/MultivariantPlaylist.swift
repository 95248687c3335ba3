import NIOCore

/// The text of the multivariant playlist (RFC 8216bis §4.4.6): one variant, and a rendition for each further audio track.
package enum MultivariantPlaylist {
    /// - Parameter audioNames: the operator's names of the audio tracks, in the camera's order.
    package static func render(_ initialization: StreamInitialization, bandwidth: BandwidthMeter, audioNames: [String]) -> ByteBuffer {
        let renditions = initialization.renditions
        var out = ByteBufferAllocator().buffer(capacity: 1 << 10)
        out.writeString("#EXTM3U\n#EXT-X-VERSION:9\n")
        if renditions.count > 1 {
            for (index, name) in names(renditions, audioNames).enumerated() {
                out.writeString("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\(PlaylistText.quoted(name))")
                if !renditions[index].language.isEmpty { out.writeString(",LANGUAGE=\(PlaylistText.quoted(renditions[index].language))") }
                out.writeString(",DEFAULT=\(index == 0 ? "YES" : "NO"),AUTOSELECT=YES")
                // The first is muxed with the picture: no URI (§4.4.6.1).
                if index > 0 { out.writeString(",URI=\"\(LiveName.playlist(rendition: index).text)\"") }
                out.writeString("\n")
            }
        }
        let peak = bandwidth.peak ?? estimate(renditions)
        out.writeString("#EXT-X-STREAM-INF:BANDWIDTH=\(peak)")
        if let average = bandwidth.average { out.writeString(",AVERAGE-BANDWIDTH=\(min(average, peak))") }
        let codecs = codecs(renditions)
        if !codecs.isEmpty { out.writeString(",CODECS=\(PlaylistText.quoted(codecs))") }
        if let picture = renditions.first, picture.width > 0, picture.height > 0 {
            out.writeString(",RESOLUTION=\(picture.width)x\(picture.height)")
            if picture.frameRateMilli > 0 { out.writeString(",FRAME-RATE=\(frameRate(picture.frameRateMilli))") }
        }
        if renditions.count > 1 { out.writeString(",AUDIO=\"audio\"") }
        out.writeString("\n\(LiveName.playlist(rendition: 0).text)\n")
        return out
    }

    /// Every codec of every rendition, once (§4.4.6.2).
    private static func codecs(_ renditions: [RenditionInitialization]) -> String {
        var seen: [Substring] = []
        for codec in renditions.flatMap({ $0.codecs.split(separator: ",") }) where !seen.contains(codec) { seen.append(codec) }
        return seen.joined(separator: ",")
    }

    private static func frameRate(_ milli: Int) -> String {
        let fraction = String(milli % 1000)
        return "\(milli / 1000).\(String(repeating: "0", count: 3 - fraction.utf8.count))\(fraction)"
    }

    /// A name for each audio track; NAME must be unique in its group (§4.4.6.1.1).
    private static func names(_ renditions: [RenditionInitialization], _ wanted: [String]) -> [String] {
        var names: [String] = []
        for index in renditions.indices {
            let given = index < wanted.count && !wanted[index].isEmpty ? wanted[index] : "Audio \(index + 1)"
            names.append(names.contains(given) ? "\(given) (\(index + 1))" : given)
        }
        return names
    }

    /// Bits per second before anything was measured: 0.15 bits per pixel, twice that of a usual camera, and 256 kbit/s of sound.
    static func estimate(_ renditions: [RenditionInitialization]) -> Int {
        guard let picture = renditions.first, picture.width > 0 else { return 256_000 }
        let rate = picture.frameRateMilli > 0 ? picture.frameRateMilli : 25_000
        return picture.width * picture.height * rate / 1000 * 15 / 100 + 256_000
    }
}
