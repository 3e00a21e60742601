import Channels
import ControlAPI
import DripCore

/// Sentences for people in place of the ledger's words.
enum Wording {
    /// - Parameter channel: that it is sent by.
    static func permission(_ permission: Permission?, by channel: ChannelName? = nil) -> String {
        switch permission {
        case .consent, .relation: "by \(channel.flatMap(ChannelRegistry.rules)?.noun ?? "another channel")"
        case .standardWindow: "in the 24-hour window"
        case .utilityTemplate: "as a utility template"
        case .privateReply: "as a private reply to the comment"
        case .marketing: "as a paid message to which they subscribed"
        case .oneTime: "as the one-time message that they asked for"
        case nil: ""
        }
    }

    /// Returns why a step is skipped.
    /// - Parameter isAhead: whether the step is still to come.
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
        case .noAddress:
            isAhead
                ? "no address on a channel that it can use" : "the person had no address on a channel that it can use"
        case .noConsent:
            isAhead
                ? "no consent on a channel that is open" : "the person had not agreed to it on a channel that was open"
        case .unsubscribed: "the person unsubscribed from such messages"
        case .stopped: "the person, or an operator for them, stopped all messages"
        case .paused: "it was unclear whether the person wanted more messages, until it was too late"
        case .condition: isAhead ? "its 'only_if' does not hold" : "its 'only_if' did not hold"
        case .humanTookOver: "the team wrote with the person until it was too late"
        case .restored: "the state was restored from a copy, and this may have been sent after the copy was made"
        case .replied: "the person wrote, which stops the sequence"
        case .tagged: "the person got a tag that stops the sequence"
        case .otherSequence: "the person started another sequence, which stops this one"
        case .sameSequence: "the person turned out to be one who had this sequence before"
        case .byOperator: "an operator skipped it while it was in doubt"
        case nil: reason
        }
    }

    /// Names the parts that a partly sent step has sent.
    static func parts(_ count: Int) -> String {
        count == 1 ? "its first part" : "its first \(count) parts"
    }

    /// Returns the parts as the end of a sentence; empty if none arrived.
    static func arrived(_ count: Int) -> String {
        count == 0 ? "" : " after \(parts(count)) had arrived"
    }

    /// Returns a subscription such as `to paid messages, since …`.
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

    /// Returns a length of time, rounded to seconds or minutes.
    static func length(_ span: Milliseconds) -> String {
        let unit: Int64 = span < .minutes(1) ? 1000 : 60_000
        return Milliseconds((span.milliseconds + unit / 2) / unit * unit).description
    }

    /// Returns what a step waits for.
    static func wait(_ reason: WaitReason?) -> String {
        switch reason {
        case .window: "the 24-hour window is closed: waits for the person to write"
        case .quiet: "nothing is sent at this hour or on this day: waits"
        case .paused: "they may want no more messages: waits for `dripd people resume` or `dripd people stop`"
        case .human: "the team wrote in the conversation: waits"
        case .rate: "the limit for messages of its kind is reached: waits for its turn"
        case .day: "the day's limit is reached (messages_per_person_per_day): waits for the next day"
        case .unnamed:
            "the platform does not tell who commented: waits for the account's turn (unnamed_comments_per_hour)"
        case .gap: "the previous message was sent a moment ago ('gap'): waits"
        case .time: "waits for its time"
        case .retry: "the platform refused for now: waits for another attempt"
        case .thread: "another app holds the conversation: waits for another attempt"
        case .page: "waits for the page, which is paused or stopped"
        case .media: "waits for a file to be uploaded"
        case .typing: "shows a typing indicator first"
        case .sequence: "waits for its sequence, which is in no file"
        case nil: "waits"
        }
    }

    /// Returns the source of a consent change.
    static func source(_ source: ConsentSource) -> String {
        switch source {
        case .person: "by the person"
        case .operatorCommand: "by an operator"
        case .file: "by an imported file"
        }
    }

    /// Returns who named an address that no platform named.
    /// - Parameter source: the name of a `ConsentRecord.Source`.
    static func giver(_ source: String) -> String {
        switch ConsentRecord.Source(rawValue: source) {
        case .ask: "told in answer to a step"
        case .page: "entered on a page"
        case .mail: "told by e-mail"
        case .importFile: "from an imported file"
        case .operatorCommand: "added by an operator"
        case nil: "given"
        }
    }

    /// Returns why an enrollment ended.
    static func end(_ reason: String?) -> String {
        guard let reason, reason != "finished" else { return "nothing is left to send" }
        return skip(reason, isAhead: false)
    }

    /// Returns what started an enrollment.
    /// - Parameter cause: `first_message`, `ref:tiktok-tool` and so on.
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
        case ("manual", _): return "an operator enrolled the person by hand"
        default: return cause
        }
    }
}
