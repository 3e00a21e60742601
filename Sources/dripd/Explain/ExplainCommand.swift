import ArgumentParser
import ControlAPI
import DripCore
import Foundation

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain why a person got what they got, and what comes next.",
        discussion: """
            For each enrollment, the command shows what started it. It shows every past step with its reason, permission and \
            source (file, the first twelve digits of the file's hash and of its commit, variant, hash of the text). Then it \
            shows every step to come if the person does nothing more, and what would end the sequence earlier.
            """
    )

    @OptionGroup var control: ControlOptions

    @Argument(help: PersonReferenceHelp.person, completion: Completions.people)
    var person: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        let explanation: Explanation = try await control.client.get("/people/explain", query: ["person": person])
        if json { return try JSONOutput.print(explanation) }
        try Output.standard.lines(ExplanationFormatter(explanation).lines)
    }
}

/// The lines of `dripd explain`.
struct ExplanationFormatter {
    private let explanation: Explanation
    private let clock: WallTime

    init(_ explanation: Explanation) {
        self.explanation = explanation
        clock = WallTime(TimeZone(identifier: explanation.zone) ?? .gmt, seconds: false)
    }

    var lines: [String] {
        let person = explanation.person
        let name = person.attributes["full_name"].map { " (\($0))" } ?? ""
        var lines = [
            "\(person.person)\(name) on page \(person.page); now is \(clock.text(explanation.now)), "
                + "times in \(explanation.zone)"
        ]
        lines += reach
        if explanation.enrollments.isEmpty { lines += ["", "No sequence was ever started for this person."] }
        for enrollment in explanation.enrollments {
            lines += [""] + EnrollmentExplanationFormatter(enrollment, explanation).lines
        }
        return lines
    }

    /// Whether messages can reach the person at all.
    private var reach: [String] {
        let person = explanation.person
        if let stopped = person.stoppedAt {
            return [
                "They get no more messages: they, or an operator for them, stopped all messages on \(clock.text(stopped)). This "
                    + "holds until `dripd people resume`, or until they write START if they stopped it themselves. Writing "
                    + "anything else does not change it."
            ]
        }
        var lines: [String] = []
        if let paused = person.pausedAt {
            lines.append(
                "Nothing is sent: what they wrote on \(clock.text(paused)) may mean that they want no more messages. Decide "
                    + "with `dripd people resume` or `dripd people stop`."
            )
        }
        if let why = person.unreachable {
            lines.append(
                "The platform does not deliver to them (\(why)): due steps are skipped until they write again."
            )
        } else if let ends = person.windowEnds {
            // The last minutes of a window are not used.
            lines.append(
                ends - StandardWindow.margin > explanation.now
                    ? "The 24-hour window is open until \(clock.text(ends)); each message from them extends it."
                    : "The 24-hour window closed \(clock.text(ends)); a message from them opens it."
            )
        } else {
            lines.append("They never wrote, so the 24-hour window was never open; a message from them opens it.")
        }
        for subscription in person.subscriptions ?? [] {
            lines.append("They subscribed \(Wording.subscription(subscription, clock.text)).")
        }
        if let why = explanation.pageTrouble {
            lines.append("Their page sends nothing for now: \(why). `dripd status` shows more.")
        }
        return lines
    }
}
