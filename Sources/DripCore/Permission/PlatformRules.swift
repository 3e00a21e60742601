/// What the Messenger Platform permitted once outside the standard window and does not any more, or never permitted to a
/// program: so that whoever writes one of these words learns why it is none, and what takes its place.
package enum PlatformRules {
    package struct Ended: Hashable, Sendable {
        /// The word, as the platform wrote it.
        package let word: String
        /// The day from which the rule holds, as the platform's notice says it; nil for one that always held.
        package let since: String?
        package let why: String
        /// What to write instead.
        package let instead: String

        package var description: String {
            "'\(word)' \(why)" + (since.map { " since \($0)" } ?? "") + "; \(instead)"
        }
    }

    /// Sources: "Send messages" ("Effective April 27th, 2026, all API requests containing the Message Tags … will receive error
    /// code 100"), "Messenger Platform policy" (human agent, news), "Marketing messages" FAQ (recurring notifications).
    package static let ended: [Ended] =
        ["CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE", "ACCOUNT_UPDATE"].map { tag in
            Ended(
                word: tag,
                since: "27 April 2026",
                why: "is a message tag that the platform refuses",
                instead: "write 'utility' with a template that it has approved for this kind of news, or 'wait'"
            )
        } + [
            Ended(
                word: "HUMAN_AGENT",
                since: nil,
                why: "is for messages that a person writes by hand, never for a program",
                instead: "write 'wait', and answer by hand in the page's inbox"
            ),
            Ended(
                word: "NON_PROMOTIONAL_SUBSCRIPTION",
                since: nil,
                why: "is for registered news publishers alone",
                instead: "write 'utility' or 'wait'"
            ),
            Ended(
                word: "notification_messages",
                since: "10 February 2026",
                why: "(recurring notifications) ended in all but a few countries",
                instead: "write 'wait', or 'marketing' where the person subscribed to paid messages"
            ),
        ]

    package static func ended(_ word: String) -> Ended? {
        ended.first { $0.word.lowercased() == word.lowercased() }
    }
}
