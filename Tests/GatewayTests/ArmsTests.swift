import Foundation
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct `The council's arms` {
    private static let drawing = """
        <?xml version="1.0"?>
        <!-- A > b --><!DOCTYPE svg PUBLIC "x" "y">
        <svg xmlns="http://www.w3.org/2000/svg"/>
        """
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]

    @Test func `are told by what is in the file`() {
        #expect(Arms.contentType(Array(Self.drawing.utf8)) == "image/svg+xml")
        #expect(Arms.contentType(Array("\u{FEFF} <svg>".utf8)) == "image/svg+xml")
        #expect(Arms.contentType(Self.png) == "image/png")
        for other in ["", "GIF89a", "<html><svg/></html>", "<!-- <svg>", "<svgx/>", "svg"] {
            #expect(Arms.contentType(Array(other.utf8)) == nil, "\(other)")
        }
    }

    @Test func `are served as a picture that can do nothing`() async throws {
        try await Door.open { door in
            #expect(try await door.get("/halls/demo/arms").status == 404)
            let file = door.directory + "/arms"
            try Self.drawing.write(toFile: file, atomically: true, encoding: .utf8)
            door.control.armsFile.withLock { $0 = file }
            let reply = try await door.get("/halls/demo/arms")
            #expect(reply.status == 200 && reply["content-type"] == "image/svg+xml" && reply.text == Self.drawing)
            #expect(reply["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox")
            #expect(reply["x-content-type-options"] == "nosniff")
            let tag = try #require(reply["etag"])
            #expect(try await door.get("/halls/demo/arms", "If-None-Match: \(tag)").status == 304)
            try Data(Self.png).write(to: URL(fileURLWithPath: file))
            let changed = try await door.get("/halls/demo/arms", "If-None-Match: \(tag)")
            #expect(changed.status == 200 && changed["content-type"] == "image/png")
            try "no picture".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await door.get("/halls/demo/arms").status == 404)
            #expect(Arms.fault(at: file) == .unknownKind)
            try Data(repeating: 32, count: Arms.largest + 1).write(to: URL(fileURLWithPath: file))
            #expect(Arms.fault(at: file) == .tooLarge(bytes: Int64(Arms.largest) + 1))
            #expect(Arms.fault(at: file + "2") == .unreadable)
        }
    }

    @Test func `stand on the pages with their name, and a neutral emblem without one where there are none`() async throws {
        try await Door.open { door in
            let picture = "<img src=\"{{emblem}}\" alt=\"{{emblemText}}\" data-alt=\"{{emblemWord}}\">"
            for file in ["index.html", "display.html", "overlay.html", "console.html"] { try door.write(file, picture) }
            try FileManager.default.createDirectory(atPath: door.directory + "/pages/languages", withIntermediateDirectories: true)
            try door.write("languages/uk.json", "{\"page.arms\": \"Герб\"}")
            let pages = ["/halls/demo", "/display/demo", "/overlay/demo", "/console"]
            for page in pages {
                #expect(try await door.get(page).text == "<img src=\"/assets/page/icon.svg\" alt=\"\" data-alt=\"\">", "\(page)")
            }
            let file = door.directory + "/arms.svg"
            try Self.drawing.write(toFile: file, atomically: true, encoding: .utf8)
            door.control.armsFile.withLock { $0 = file }
            for page in pages {
                #expect(try await door.get(page).text == "<img src=\"/halls/demo/arms\" alt=\"Герб\" data-alt=\"page.arms\">", "\(page)")
            }
        }
    }
}
