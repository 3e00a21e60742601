package import DripCore

/// Whether a step reaches a person who never writes again after the event that enrolled them, and with what permission.
package struct Reachability: Hashable, Sendable {
    /// How the step can be sent to a person who never writes again.
    package enum Route: Int, Comparable, Sendable {
        /// When it is due, in the standard window that the start opened.
        case window
        /// Before it is due, to stay within that window.
        case pulled
        /// With an approved template, which needs no open window.
        case utility
        /// As the reply to the comment that started the sequence.
        case privateReply

        package static func < (left: Route, right: Route) -> Bool { left.rawValue < right.rawValue }
    }

    /// The reason why the step depends on the person writing again.
    package enum Silence: Hashable, Sendable {
        /// The standard window has closed.
        case windowClosed
        /// The standard window has closed, and the file says how long the step waits for the person to write.
        case waits(Milliseconds)
        /// The standard window has closed, and writing ends the enrollment. Only a reaction or a link can still open the window.
        case writingStops
        /// The standard window has closed, and the step is for people who did not write.
        case onlyForTheSilent
        /// The step is for people who wrote.
        case onlyForWriters
        /// The daily limit or the sequence's `gap` delays the step until the standard window has closed.
        case held(WaitReason)
        /// A comment started the sequence, and the first step was its only private reply: the author has to answer.
        case noConversation
    }

    /// The reason why the step never reaches anyone.
    package enum Impossible: Hashable, Sendable {
        /// The step is for people who wrote, and they have left the sequence.
        case repliedEndsIt
    }

    package enum Verdict: Hashable, Sendable {
        /// Reaches every person after every start.
        case always([Route])
        /// Depends on the moment of the start; `missed` is one after which the step comes too late.
        case sometimes([Route], missed: Miss)
        /// The start opens no window: reaches only people whose window is still open.
        case whileWindowIsOpen([Route])
        case ifPersonWrites(Silence)
        /// The standard window has closed: reaches only subscribers.
        case ifSubscribed
        case never(Impossible)
    }

    package let step: String
    package let verdict: Verdict
    /// Whether the standard window has closed so recently that `pull_into_window` could bring the step into it.
    package let canBePulled: Bool
    /// The channels by which it also reaches people who left an address there, in its order.
    package var otherWays: [ChannelName] = []
}

/// A start after which a step comes too late for the standard window, in local times.
package struct Miss: Hashable, Sendable {
    /// `sat at 20:59`
    package let start: String
    package let due: String
}

extension Reachability: CustomStringConvertible {
    /// The permission in words.
    package var description: String {
        otherWays.isEmpty ? own : "\(own); else by \(otherWays.map(\.rawValue).joined(separator: " or "))"
    }

    private var own: String {
        switch verdict {
        case .always(let ways): Self.text(ways)
        case .sometimes(let ways, _): "\(Self.text(ways)), not for every start"
        case .whileWindowIsOpen(let ways): "\(Self.text(ways)), if one is open at the start"
        case .ifPersonWrites(.windowClosed), .ifPersonWrites(.onlyForWriters),
            .ifPersonWrites(.held), .ifPersonWrites(.noConversation):
            "only if the person writes"
        case .ifPersonWrites(.waits(let time)): "only if the person writes, within \(time)"
        case .ifPersonWrites(.writingStops), .ifPersonWrites(.onlyForTheSilent):
            "only if a reaction or a link opens the window"
        case .ifSubscribed: "if the person subscribed"
        case .never: "never"
        }
    }

    private static func text(_ ways: [Route]) -> String {
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
