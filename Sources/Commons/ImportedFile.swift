/// A file that a clerk or a hall's voting system hands in: a roster, an agenda, results.
package enum ImportedFile {
    /// The largest that is read, wherever it comes in: the command line, the API, a watched folder.
    package static let largestBytes = 4 << 20
}
