/// What `plenary check` found out.
struct CheckReport: Sendable, Equatable, Codable {
    enum Grade: String, Sendable, Codable { case ok, warning, fault }

    struct Finding: Sendable, Equatable, Codable {
        var grade: Grade
        /// `config`, `hall council`, `disk`, `port`, `certificate`.
        var subject: String
        /// A sentence with the remedy, without secrets.
        var text: String
        init(_ grade: Grade, _ subject: String, _ text: String) {
            self.grade = grade
            self.subject = subject
            self.text = text
        }
    }

    var findings: [Finding] = []

    var hasFaults: Bool { findings.contains { $0.grade == .fault } }

    var text: String {
        var last = ""
        let width = (findings.map(\.subject.count).max() ?? 0) + 2
        let rows = findings.map { finding in
            defer { last = finding.subject }
            let subject = finding.subject == last ? "" : finding.subject
            return "\(subject.padded(to: width))\(finding.grade.rawValue.padded(to: 9))\(finding.text)\n"
        }
        return rows.joined() + summary + "\n"
    }

    private var summary: String {
        func count(_ grade: Grade, _ word: String) -> String {
            let count = findings.count { $0.grade == grade }
            return count == 0 ? "no \(word)s" : count == 1 ? "1 \(word)" : "\(count) \(word)s"
        }
        return "\(count(.fault, "fault")), \(count(.warning, "warning"))"
    }
}
