import Foundation

/// What the pages' words need and no language's file can hold: `council/conventions.js`, JSON after `export default`, so that the
/// scripts import the same table.
struct PageConventions: Decodable {
    enum NamePart: String, Decodable {
        case family, given, patronymic
    }

    /// Choices and positions in the order in which they are counted.
    var positions: [String] = []
    /// Those of them that are shown even when nobody took them.
    var counted: [String] = []
    /// A deputy's gender on the wire: the ending of the words' keys.
    var genders: [String: String] = [:]
    /// The order of a name's parts in the council's language.
    var names: [String: [NamePart]] = [:]
    /// Languages whose script has no capitals.
    var unicase: [String] = []
    /// How many of those who wait to speak are named.
    var queued = 0

    /// Of a page that is not installed.
    init() {}

    /// - Returns: `nil` when `module` is no such file.
    init?(module: String) {
        guard let begin = module.firstIndex(of: "{"), let end = module.lastIndex(of: "}"),
            let table = try? JSONDecoder().decode(Self.self, from: Data(module[begin...end].utf8))
        else { return nil }
        self = table
    }
}
