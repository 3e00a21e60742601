import DripStore

/// What an import did, or would do, in lines for a person.
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
            effect(
                report.forgotten,
                "not imported: forgotten at their request",
                "not be imported: forgotten at their request"
            ),
            effect(report.tagged, "tagged", "be tagged"),
            effect(report.stopped, "get nothing more", "get nothing more"),
            effect(
                report.paused,
                "paused until you decide: `dripd people list --paused`",
                "be paused until you decide"
            ),
            effect(report.ended, "ways through a sequence ended", "leave a sequence early"),
            enrolled,
            effect(
                report.notEnrolled,
                "not enrolled: been in the sequence, stopped, or of a page that it is not for",
                "not be enrolled: been in the sequence, stopped, or of a page that it is not for"
            ),
        ].compactMap(\.self)
        return [(isTrial ? "would be imported: " : "imported: ") + first] + effects
            + (isTrial ? ["nothing was changed"] : [])
    }

    private func effect(_ number: Int, _ done: String, _ planned: String) -> String? {
        number > 0 ? "\(number) \(isTrial ? "would \(planned)" : done)" : nil
    }

    /// To be enrolled is not to be reached: the file says when people wrote.
    private var enrolled: String? {
        guard let said = effect(report.enrolled, "enrolled", "be enrolled") else { return nil }
        let closed = report.windowClosed
        guard closed > 0 else { return said }
        let who = closed == report.enrolled ? (closed == 1 ? "who" : "all of whom") : "\(closed) of whom"
        return "\(said), \(who) cannot be written to before they write: no message of the last 24 hours is known of "
            + "them"
    }

    private func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
