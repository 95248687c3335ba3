import Commons

extension JSONNode {
    /// Reads JSON that others wrote, as strictly as `StrictJSON` does.
    init(reading text: String) throws(ImportFaults) {
        do throws(StrictJSON.Fault) { self = try StrictJSON.parse(text) } catch {
            throw ImportFaults([ImportFault(line: error.line, column: error.column, problem: error.problem)])
        }
    }

    func fault(_ problem: String) -> ImportFault { ImportFault(line: line, column: column, problem: problem) }

    /// Text, or a number or truth as text; empty for null.
    var cell: Cell? {
        switch value {
        case .string(let text), .number(let text): Cell(text: text, line: line, column: column)
        case .bool(let flag): Cell(text: flag ? "true" : "false", line: line, column: column)
        case .null: Cell(text: "", line: line, column: column)
        case .array, .object: nil
        }
    }
}
