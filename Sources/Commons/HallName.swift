/// The rule for a hall's name, as it stands in addresses (`/halls/NAME`, `/live/NAME/`), in the configuration and on the command line.
package enum HallName {
    /// The rule in words, for errors.
    package static let requirement = "1 to 32 of a-z, 0-9 and -, not beginning with -"

    /// Whether `text` may name a hall.
    package static func isValid(_ text: some StringProtocol) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.first != 0x2D
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}
