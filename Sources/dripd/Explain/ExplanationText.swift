import DripCore
import DripStore
import Foundation

/// An explanation in lines for whoever asks what happened.
struct ExplanationText {
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
        if explanation.ways.isEmpty { lines += ["", "No sequence was ever started for this person."] }
        for way in explanation.ways { lines += [""] + WayText(way, explanation).lines }
        return lines
    }

    /// Whether anything can reach them at all.
    private var reach: [String] {
        let person = explanation.person
        if let stopped = person.stoppedAt {
            return [
                "Nothing comes any more: they, or an operator for them, wanted no more on \(clock.text(stopped)). That "
                    + "holds until it is taken back: by `dripd people resume`, or by START if the wish was their own. Writing "
                    + "something else does not change it."
            ]
        }
        var lines: [String] = []
        if let paused = person.pausedAt {
            lines.append(
                "Nothing is sent: on \(clock.text(paused)) they wrote what may mean that they want nothing more. It goes on by "
                    + "`dripd people resume`, and is over by `dripd people stop`."
            )
        }
        if let why = person.unreachable {
            lines.append(
                "The platform does not deliver to them (\(why)): what comes due is skipped. That changes when they write again."
            )
        } else if let ends = person.windowEnds {
            // The last minutes of a window are not used.
            lines.append(
                ends - StandardWindow.margin > explanation.now
                    ? "The 24-hour window is open until \(clock.text(ends)); every message of theirs opens it anew."
                    : "The 24-hour window closed \(clock.text(ends)); a message of theirs opens it."
            )
        } else {
            lines.append("They never wrote, so that the 24-hour window never was open; a message of theirs opens it.")
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
