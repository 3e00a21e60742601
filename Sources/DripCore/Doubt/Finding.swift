/// What a conversation says of a message in doubt.
package enum Finding: Hashable, Sendable {
    /// It is there, under this id.
    case found(messageID: String)
    /// It certainly did not arrive.
    case absent
    case unknown(why: String)
}

extension Doubt {
    /// Decides what the conversation shows.
    ///
    /// A wrong "found" loses a message and a wrong "absent" sends it twice, so each is said only where nothing else can be:
    /// - The platform's clock and ours agree, so that "at the time of the request" means the same to both.
    /// - Found is the same text, written by the page at that time, that the ledger does not know as another message. The same
    ///   text at another time proves nothing, and keeps it from being called absent.
    /// - Pictures and files are compared by count and kind, and found only where they cannot be others: a single message fits,
    ///   nothing of that look is in doubt besides, and the team has written nothing since.
    /// - Absent is said when the read reaches back behind the request, the platform has had its time to show the message, and
    ///   nothing that the page wrote in between could be it.
    /// - Parameters:
    ///   - conversation: nil: the platform shows none.
    ///   - readAt: the time of the platform's clock when it answered, where it said so.
    ///   - settling: within so long the platform shows what it took.
    package func find(
        _ sought: Sought,
        in conversation: Conversation?,
        readAt: Instant?,
        settling: Span,
        now: Instant
    ) -> Finding {
        if let readAt, max(readAt - now, now - readAt) > Self.clockDifference {
            return .unknown(why: "this machine's clock differs from the platform's, which showed \(readAt)")
        }
        guard let conversation, !conversation.messages.isEmpty else {
            return .unknown(why: "the platform shows no conversation with this person")
        }
        let (first, last) = (leftAt - Self.tolerance, recordedAt + settling)
        let strangers = conversation.messages.filter { !$0.isFromPerson && !known.contains($0.id) }
        let same = strangers.filter { sought.likeness(to: $0) == .same }
        let timely = same.filter { $0.at >= first && $0.at <= last }
        if let message = timely.min(by: { ($0.at, $0.id) < ($1.at, $1.id) }) {
            if let why = reasonForMistake(sought, timely, since: first) { return .unknown(why: why) }
            return .found(messageID: message.id)
        }
        // A picture from before is another one; a text from before may be repeated by whatever wrote it then.
        if let message = same.first(where: { sought.isUnmistakable || $0.at >= first }) {
            return .unknown(why: "the page wrote the same at another time, \(message.at)")
        }
        if let message = strangers.first(where: { $0.at >= first && sought.likeness(to: $0) == .perhaps }) {
            return .unknown(why: "what the page wrote at \(message.at) could be it")
        }
        guard conversation.reach < first else {
            return .unknown(why: "the messages that the platform still shows do not reach back to it")
        }
        guard now >= last else { return .unknown(why: "the platform may still show it") }
        return .absent
    }

    /// Why a message that looks the same may be another one; nil where it cannot.
    private func reasonForMistake(
        _ sought: Sought,
        _ candidates: [Conversation.Message],
        since first: Instant
    ) -> String? {
        if sought.isUnmistakable { return nil }
        if candidates.count > 1 { return "\(candidates.count) messages of the page look like it" }
        if rivals.contains(where: { $0 == nil || $0 == sought }) {
            return "another message to this person that looks the same is in doubt, too"
        }
        if let humanAt = person.humanAt, humanAt >= first { return "the team has written to this person since" }
        return nil
    }
}
