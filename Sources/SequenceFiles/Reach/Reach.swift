package import DripCore

/// Whether a step reaches somebody who never writes again after the event that enrolled them, and by which permission.
package struct Reach: Hashable, Sendable {
    /// How it can go out to somebody who stays silent.
    package enum Way: Int, Comparable, Sendable {
        /// When it is due, in the standard window that the start opened.
        case window
        /// Earlier than due, so that it still meets that window.
        case pulled
        /// By a template that the platform has approved: no window holds for it.
        case utility
        /// It answers the comment that started the sequence.
        case privateReply

        package static func < (left: Way, right: Way) -> Bool { left.rawValue < right.rawValue }
    }

    /// Why it depends on the person writing again.
    package enum Silence: Hashable, Sendable {
        /// The standard window has closed.
        case windowClosed
        /// So it has, and the file says how long the step waits for the person to write.
        case waits(Span)
        /// So it has, and who opens it by writing leaves the sequence: but for a reaction or a link nothing opens it.
        case writingStops
        /// So it has, and the step is for those who did not write.
        case onlyForTheSilent
        /// The step is for those who wrote.
        case onlyForWriters
        /// The day's limit or the sequence's `gap` holds it until the standard window has closed.
        case held(WaitReason)
        /// A comment started it, whose one private reply was the first step: its author has to answer.
        case noConversation
    }

    /// Why it reaches nobody at all.
    package enum Impossible: Hashable, Sendable {
        /// It is for those who wrote, and they have left the sequence.
        case writersLeft
    }

    package enum Verdict: Hashable, Sendable {
        /// Whoever starts, whenever.
        case always([Way])
        /// It depends on the moment of the start; `missed` is one for which it comes too late.
        case sometimes([Way], missed: Miss)
        /// The start opens no window: only where one from before is open still.
        case whileWindowIsOpen([Way])
        case ifPersonWrites(Silence)
        /// The standard window has closed: who has subscribed gets it.
        case ifSubscribed
        case never(Impossible)
    }

    package let step: String
    package let verdict: Verdict
    /// Where the standard window has closed: so recently that `pull_into_window` could still meet it.
    package let canBePulled: Bool
}

/// A start from which a step comes too late for the standard window; local times.
package struct Miss: Hashable, Sendable {
    /// `sat at 20:59`
    package let start: String
    package let due: String
}

extension Reach: CustomStringConvertible {
    /// The permission, for people.
    package var description: String {
        switch verdict {
        case .always(let ways): Self.text(ways)
        case .sometimes(let ways, _): "\(Self.text(ways)), not for every start"
        case .whileWindowIsOpen(let ways): "\(Self.text(ways)), if one is open at the start"
        case .ifPersonWrites(.windowClosed), .ifPersonWrites(.onlyForWriters),
            .ifPersonWrites(.held), .ifPersonWrites(.noConversation):
            "only if the person writes"
        case .ifPersonWrites(.waits(let time)): "only if the person writes, within \(time)"
        case .ifPersonWrites(.writingStops), .ifPersonWrites(.onlyForTheSilent): "hardly: a reaction or a link opens it"
        case .ifSubscribed: "where the person subscribed"
        case .never: "nobody"
        }
    }

    private static func text(_ ways: [Way]) -> String {
        ways.map { way in
            switch way {
            case .window: "standard window"
            case .pulled: "standard window (pulled)"
            case .utility: "utility template"
            case .privateReply: "private reply"
            }
        }.joined(separator: " or ")
    }
}
