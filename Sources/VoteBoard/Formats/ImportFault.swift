/// One fault of a file, where an editor finds it.
package struct ImportFault: Error, Hashable, Sendable {
    /// From 1.
    package var line: Int
    /// From 1: of a character in JSON, of a cell in a table.
    package var column: Int
    /// What is wrong and the remedy.
    package var problem: String

    package init(line: Int, column: Int, problem: String) {
        self.line = line
        self.column = column
        self.problem = problem
    }

    package var sentence: String { "line \(line), column \(column): \(problem)" }
}

/// Every fault of a file; nothing of such a file is taken.
package struct ImportFaults: Error, Hashable, Sendable {
    package var faults: [ImportFault]

    package init(_ faults: [ImportFault]) { self.faults = faults }

    package var sentence: String { faults.map(\.sentence).joined(separator: "\n") }
}

/// A piece of text and where it stood.
struct Cell: Hashable, Sendable {
    var text: String
    var line: Int
    var column: Int

    func fault(_ problem: String) -> ImportFault { ImportFault(line: line, column: column, problem: problem) }
}
