import Foundation

/// Where the pages and pictures that came with the program are.
enum SharedFolders {
    /// The folder of pages: as configured, else beside the program, else in the source tree it was built from, else the system's.
    static func pages(configured: String?, executable: String, exists: (String) -> Bool) throws(CommandFailure) -> String {
        if let configured {
            guard exists(configured) else {
                throw CommandFailure(.configuration, "the folder of pages \(configured) is not there (pages, --pages)")
            }
            return configured
        }
        let candidates = shipped(executable)
        guard let found = candidates.first(where: { exists("\($0)/media/hall.png") }) else {
            throw CommandFailure(
                .configuration,
                "the web pages are in none of \(candidates.joined(separator: ", ")): name their folder with --pages or the key pages")
        }
        return found
    }

    /// The folder of the pictures a relay worker draws on; an own folder of pages need not have them.
    static func pictures(pages: String, executable: String, exists: (String) -> Bool) -> String {
        let candidates = [pages] + shipped(executable)
        return (candidates.first { exists("\($0)/media/hall.png") } ?? pages) + "/media"
    }

    /// The folder of the countries' voting rules.
    static func rules(executable: String, exists: (String) -> Bool) -> String {
        let folders = shipped(executable).map { web in
            let root = (web as NSString).deletingLastPathComponent
            return root.hasSuffix("/share/plenary") ? "\(root)/rules" : "\(root)/config/rules"
        }
        return folders.first { exists("\($0)/ua.yaml") } ?? "/usr/share/plenary/rules"
    }

    private static func shipped(_ executable: String) -> [String] {
        var folder = (executable as NSString).deletingLastPathComponent
        var found = ["\((folder as NSString).deletingLastPathComponent)/share/plenary/web"]
        // .build/<triple>/<configuration>/plenary is up to four folders below the source tree's root.
        for _ in 0..<4 {
            folder = (folder as NSString).deletingLastPathComponent
            if folder != "/" { found.append("\(folder)/web") }
        }
        return found + ["/usr/local/share/plenary/web", "/usr/share/plenary/web"]
    }

    /// This program's own path, for the relay workers.
    static func executable() -> String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        // Replaced by an upgrade while it runs: the kernel still has it.
        return path.hasSuffix(" (deleted)") ? "/proc/self/exe" : path
    }
}
