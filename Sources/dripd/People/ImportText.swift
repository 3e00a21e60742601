import DripStore

/// What an import did, in lines for a person.
struct ImportText {
    private let report: ImportReport
    private let isTrial: Bool

    init(_ report: ImportReport, isTrial: Bool) {
        self.report = report
        self.isTrial = isTrial
    }

    var lines: [String] {
        let known = report.people - report.added - report.forgotten
        let first =
            "\(count(report.people, "person", "people")): \(report.added) new, \(known) known already"
            + (known > 0 ? ", \(report.changed) of them changed" : "")
        let effects = [
            (report.forgotten, "not imported: forgotten at their request"),
            (report.tagged, "tagged"), (report.stopped, "get nothing more"),
            (report.ended, "ways through a sequence ended"), (report.enrolled, "enrolled"),
            (report.notEnrolled, "not enrolled: been in the sequence, stopped, or of a page that it is not for"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return [(isTrial ? "would be imported: " : "imported: ") + first] + effects
            + (isTrial ? ["nothing was changed"] : [])
    }

    private func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
