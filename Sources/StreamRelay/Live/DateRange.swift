/// A span of the sitting that players can show beside the picture (EXT-X-DATERANGE, RFC 8216bis §4.4.5.1).
package struct DateRange: Sendable, Equatable {
    /// Unique in the playlist; the same span always has the same one.
    package var id: String
    /// `CLASS`: what kind of span it is.
    package var kind: String
    /// UTC microseconds.
    package var start: Int64
    /// UTC microseconds; `nil` while it lasts.
    package var end: Int64?
    /// `X-` attributes, name without the prefix in capitals.
    package var attributes: [(name: String, value: String)]

    package init(id: String, kind: String, start: Int64, end: Int64?, attributes: [(name: String, value: String)]) {
        self.id = id
        self.kind = kind
        self.start = start
        self.end = end
        self.attributes = attributes
    }

    package static func == (left: DateRange, right: DateRange) -> Bool { left.tag == right.tag }

    /// The whole line.
    var tag: String {
        var line = "#EXT-X-DATERANGE:ID=\(PlaylistText.quoted(id)),CLASS=\(PlaylistText.quoted(kind))"
        line += ",START-DATE=\"\(PlaylistText.date(start))\""
        if let end { line += ",END-DATE=\"\(PlaylistText.date(max(start, end)))\"" }
        for attribute in attributes { line += ",X-\(attribute.name)=\(PlaylistText.quoted(attribute.value))" }
        return line
    }
}
