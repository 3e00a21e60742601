/// The reason why a message may be sent now. Stored with the delivery.
package enum Permission: String, Hashable, Sendable {
    case standardWindow = "standard_window"
    /// The platform approved the template, which may be sent at any time.
    case utilityTemplate = "utility_template"
    /// It answers the comment that started the enrollment.
    case privateReply = "private_reply"
    /// The person subscribed to paid messages.
    case marketing
    /// The person asked to be notified once about this topic.
    case oneTime = "one_time"
    /// The person agreed to messages of this purpose on this channel.
    case consent
    /// The channel is always open, and messages of this purpose need no consent.
    case relation
}

/// Permissions outside the standard window that the Messenger Platform has ended, or never gave to programs. A file
/// that uses one gets an error with the reason and the replacement.
package enum PlatformRules {
    package struct Ended: Hashable, Sendable {
        /// The word, as the platform wrote it.
        package let word: String
        /// The first day of the rule, from the platform's notice; nil if it always held.
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

/// One message to the author of a comment on a post of the page, even if they never wrote to it. It opens no standard
/// window: the conversation continues if the person answers. Source: "Private Replies": one message per comment, within
/// 7 days.
package enum PrivateReply {
    package static let length = Milliseconds.days(7)

    package static func isOpen(for enrollment: Enrollment, at now: Instant) -> Bool {
        enrollment.comment != nil && now < enrollment.anchor + length - StandardWindow.margin
    }
}

/// The Messenger Platform's standard messaging window: anything may be sent within 24 hours of the person's last
/// action. Source: "Messenger Platform and Instagram Messaging API policy", section "Standard messaging".
package enum StandardWindow {
    package static let length = Milliseconds.hours(24)

    /// Nothing is sent in the last minutes of a window: the platform decides at its receipt, by its own clock.
    package static let margin = Milliseconds.minutes(5)

    package static func isOpen(for person: Person, at now: Instant) -> Bool {
        person.address.windowEnds.map { now < $0 - margin } ?? false
    }
}
