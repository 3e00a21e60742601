/// The result of searching a conversation for a message in doubt.
package enum MatchResult: Hashable, Sendable {
    /// The message is there, under this id.
    case found(messageID: String)
    /// The message certainly did not arrive.
    case absent
    case unknown(why: String)
}

extension InDoubtDelivery {
    /// Decides whether the conversation contains the message in doubt.
    ///
    /// A wrong `found` loses a message and a wrong `absent` sends it twice, so each is returned only if nothing else is
    /// possible:
    /// - The platform's clock and ours must agree, so that "at the time of the request" means the same to both.
    /// - `found` needs the same text, written by the page at that time, that is not known as another message. The same
    ///   text at another time proves nothing, and rules out `absent`.
    /// - Pictures and files are compared by count and kind. `found` needs a single match, no other message in doubt
    ///   with the same look, and no message from the team since.
    /// - `absent` needs messages that reach back before the request, enough time for the platform to show the message,
    ///   and no message from the page in between that could be it.
    /// - Parameters:
    ///   - conversation: nil if the platform shows none.
    ///   - readAt: the platform's clock when it answered, if it was given.
    ///   - settling: the time within which the platform shows an accepted message.
    package func match(
        _ expectedMessage: ExpectedMessage,
        in conversation: Conversation?,
        readAt: Instant?,
        settling: Milliseconds,
        now: Instant
    ) -> MatchResult {
        if let readAt, max(readAt - now, now - readAt) > Self.clockDifference {
            return .unknown(why: "this machine's clock differs from the platform's, which showed \(readAt)")
        }
        guard let conversation, !conversation.messages.isEmpty else {
            return .unknown(why: "the platform shows no conversation with this person")
        }
        let (first, last) = (leftAt - Self.tolerance, recordedAt + settling)
        let strangers = conversation.messages.filter { !$0.isFromPerson && !known.contains($0.id) }
        let same = strangers.filter { expectedMessage.matchQuality(to: $0) == .same }
        let timely = same.filter { $0.at >= first && $0.at <= last }
        if let message = timely.min(by: { ($0.at, $0.id) < ($1.at, $1.id) }) {
            if let why = reasonForMistake(expectedMessage, timely, since: first) { return .unknown(why: why) }
            return .found(messageID: message.id)
        }
        // An earlier picture is another picture. An earlier text may have been repeated by its sender, so it proves
        // nothing.
        if let message = same.first(where: { expectedMessage.isUnmistakable || $0.at >= first }) {
            return .unknown(why: "the page wrote the same at another time, \(message.at)")
        }
        if let message = strangers.first(where: { $0.at >= first && expectedMessage.matchQuality(to: $0) == .perhaps })
        {
            return .unknown(why: "the page's message at \(message.at) could be it")
        }
        guard conversation.reach < first else {
            return .unknown(why: "the messages that the platform still shows do not reach back to it")
        }
        guard now >= last else { return .unknown(why: "the platform may not show it yet") }
        return .absent
    }

    /// Returns why a message that looks the same may be another one; nil if it cannot be.
    private func reasonForMistake(
        _ expectedMessage: ExpectedMessage,
        _ candidates: [Conversation.Message],
        since first: Instant
    ) -> String? {
        if expectedMessage.isUnmistakable { return nil }
        if candidates.count > 1 { return "\(candidates.count) messages of the page look like it" }
        if othersInDoubt.contains(where: { $0 == nil || $0 == expectedMessage }) {
            return "another message to this person that looks the same is in doubt, too"
        }
        if let humanAt = person.humanAt, humanAt >= first { return "the team has written to this person since" }
        return nil
    }
}
