import DripCore
import DripStore
import Logging

extension Logger {
    /// What an operator has to act upon, or wonder about, in what a batch of events did. Persons by their pseudonym, and nothing
    /// of what they wrote.
    func note(_ report: IntakeReport) {
        for person in report.paused {
            warning(
                "a person may want nothing more: their messages are paused until you decide",
                metadata: ["page": "\(person.page)", "person": "\(person.pseudonym)"].merging(
                    CatalogedMessage.unclearOptOut.metadata
                ) { own, _ in own }
            )
        }
        for pause in report.commentPauses { note(pause) }
    }

    /// Counts it, too.
    func note(_ pause: CommentPause) {
        Metric.commentPauses.count(1, .label("page", pause.page), .label("reason", pause.reason.rawValue))
        warning(
            """
            comments whose author the platform does not name are not answered for a while: the answers show somebody who \
            should have got none. Give the page's token pages_read_user_content, so that dripd knows the authors
            """,
            metadata: ["page": "\(pause.page)", "reason": "\(pause.reason.rawValue)", "until": "\(pause.until)"]
                .merging(
                    CatalogedMessage.commentsPaused.metadata
                ) { own, _ in own }
        )
    }
}
