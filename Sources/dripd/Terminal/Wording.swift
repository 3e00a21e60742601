import DripCore
import DripStore

/// What the words of the ledger mean, in sentences for people.
enum Wording {
    static func permission(_ permission: Permission?) -> String {
        switch permission {
        case .standardWindow: "in the 24-hour window"
        case .utilityTemplate: "as a utility template"
        case .privateReply: "as a private reply to the comment"
        case .marketing: "as a paid message to which they subscribed"
        case .oneTime: "as the one message that they asked for"
        case nil: ""
        }
    }

    /// - Parameter isAhead: it has not been skipped yet.
    static func skip(_ reason: String, isAhead: Bool) -> String {
        switch SkipReason(rawValue: reason) {
        case .late: "later than 'late' allows"
        case .windowClosed: isAhead ? "the 24-hour window is closed" : "the 24-hour window stayed closed"
        case .dailyLimit:
            isAhead
                ? "held by the day's limit (messages_per_person_per_day) until then"
                : "the day's limit (messages_per_person_per_day) held it until it was too late"
        case .gap: isAhead ? "held by 'gap' until then" : "'gap' held it until it was too late"
        case .unreachable: "the platform does not deliver to this person"
        case .stopped: "the person, or an operator for them, wanted no more"
        case .paused: "whether they wanted more was unclear until it was too late"
        case .condition: isAhead ? "its 'only_if' does not hold" : "its 'only_if' did not hold"
        case .humanTookOver: "somebody of the team wrote with the person until it was too late"
        case .restored: "the state was restored from a copy, and this may have been sent after that was made"
        case .replied: "the person wrote, and the sequence stops then"
        case .tagged: "the person got a tag at which the sequence stops"
        case .otherSequence: "the person started another sequence, at which this one stops"
        case .sameSequence: "the comment's author turned out to be somebody who had this sequence before"
        case nil: reason
        }
    }

    /// Of a step that ended half-way.
    static func parts(_ count: Int) -> String {
        count == 1 ? "its first part" : "its first \(count) parts"
    }

    /// The same with what follows; empty where nothing of it arrived.
    static func arrived(_ count: Int) -> String {
        count == 0 ? "" : " after \(parts(count)) had arrived"
    }

    /// `to paid messages, since …`
    static func subscription(_ subscription: SubscriptionSummary, _ time: (Instant) -> String) -> String {
        let what =
            switch subscription.kind {
            case .marketing: "to paid messages"
            case .oneTime: "to one message about '\(subscription.topic)'"
            }
        let pieces = [
            "since \(time(subscription.since))", subscription.expires.map { "until \(time($0))" },
            subscription.usedAt.map { "used \(time($0))" },
        ].compactMap(\.self)
        return "\(what), " + pieces.joined(separator: ", ")
    }

    /// A length of time, without what is too small to matter.
    static func length(_ span: Span) -> String {
        let unit: Int64 = span < .minutes(1) ? 1000 : 60_000
        return Span(milliseconds: (span.milliseconds + unit / 2) / unit * unit).description
    }

    /// What a step waits for.
    static func wait(_ reason: WaitReason?) -> String {
        switch reason {
        case .window: "the 24-hour window is closed: waits for the person to write"
        case .quiet: "nothing is sent at this hour or on this day: waits"
        case .paused: "they may want nothing more: waits for `dripd people resume` or `dripd people stop`"
        case .human: "somebody of the team wrote in the thread: waits"
        case .rate: "so many of its kind go out at a time: waits for its turn"
        case .day: "they got as many messages as a day may bring (messages_per_person_per_day): waits for the next day"
        case .unnamed:
            "the platform does not tell who commented: waits for the account's turn (unnamed_comments_per_hour)"
        case .gap: "the previous message was sent a moment ago ('gap'): waits"
        case .time: "waits for its time"
        case .retry: "the platform refused for now: waits for another attempt"
        case .thread: "another app holds the conversation: waits for another attempt"
        case .page: "waits for the page, which is paused or stopped"
        case .media: "waits for a file to be uploaded"
        case .typing: "shows first that the page writes"
        case .sequence: "waits for its sequence, which is in no file"
        case nil: "waits"
        }
    }

    /// Who changed a person's consent.
    static func source(_ source: ConsentSource) -> String {
        switch source {
        case .person: "by the person"
        case .operatorCommand: "by an operator"
        case .file: "by an imported file"
        }
    }

    /// Why an enrollment is over.
    static func end(_ reason: String?) -> String {
        guard let reason, reason != "finished" else { return "nothing is left to send" }
        return skip(reason, isAhead: false)
    }

    /// What started an enrollment: `first_message`, `ref:tiktok-tool`, …
    static func cause(_ cause: String) -> String {
        let pieces = cause.split(separator: ":", maxSplits: 1).map(String.init)
        switch (pieces.first, pieces.dropFirst().first) {
        case ("first_message", _): return "the person's first message"
        case ("ref", let ref?): return "the person came through a link or an ad with ref=\(ref)"
        case ("message", _): return "the person wrote a message that starts it"
        case ("comment", _): return "the person commented on a post of the page"
        case ("postback", _): return "the person tapped a button that starts it"
        case ("tag", let tag?): return "the person got the tag '\(tag)'"
        case ("button", _): return "the person tapped one of our buttons that starts it"
        case ("manual", _): return "somebody enrolled the person by hand"
        default: return cause
        }
    }
}
