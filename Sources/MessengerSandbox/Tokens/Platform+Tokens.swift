/// Messages that a person allowed in advance.
extension Platform {
    static let tokenLimit = 100_000

    /// Returns the person whom a one-time token allows the page to message once.
    ///
    /// Code 100 for used, expired and unknown tokens is an assumption; no available page documents it.
    func person(forOneTimeToken text: String, now: Int64) throws(GraphError) -> Person {
        guard let token = tokens[text], token.kind == .oneTime, token.lastUsedAt == nil,
            now < token.at + PermissionToken.oneTimeMilliseconds, let person = everybody[token.person]
        else { throw .parameter("Invalid one_time_notif_token: unknown, used or older than a year") }
        return person
    }

    /// Creates the token for a tap on "Notify Me" and sends its event. The tap does not open the window: it is not among
    /// the documented actions that do.
    mutating func allowOneMessage(by person: String, payload: String, now: Int64) throws(ControlError) -> String {
        let token = try makeToken(.oneTime, of: person, now: now)
        notes.append(.other, "tapped “Notify Me”", about: person, at: now)
        emit(writer.oneTimeOptIn(by: person, token: token, payload: payload, at: now))
        return token
    }

    /// Subscribes the person to marketing messages. The event of the Marketing Message API is not known; this is the event
    /// of its predecessor, recurring notifications.
    mutating func subscribe(_ id: String, title: String, now: Int64) throws(ControlError) -> String {
        let person = try everybody.find(id).id
        let known = tokens.values.first { $0.kind == .marketing && $0.person == person }
        let token = if let known { known.text } else { try makeToken(.marketing, of: person, now: now) }
        tokens[token]?.isStopped = false
        notes.append(.other, "agreed to marketing messages", about: person, at: now)
        emit(
            writer.marketingOptIn(by: person, token: token, title: title, status: known.map { _ in "RESUME" }, at: now)
        )
        return token
    }

    mutating func unsubscribe(_ id: String, title: String, now: Int64) throws(ControlError) {
        let person = try everybody.find(id).id
        guard let known = tokens.values.first(where: { $0.kind == .marketing && $0.person == person }) else {
            throw .invalid("\(person) has not agreed to marketing messages")
        }
        tokens[known.text]?.isStopped = true
        notes.append(.other, "stopped marketing messages", about: person, at: now)
        emit(writer.marketingOptIn(by: person, token: known.text, title: title, status: "STOP", at: now))
    }

    /// `POST /act_{AD_ACCOUNT_ID}/messages`: the Marketing Message API.
    mutating func sendMarketing(_ fields: JSON, now: Int64) throws(GraphError) -> JSON {
        try require("pages_messaging", "paid_marketing_messages")
        guard !standing.isRestricted else { throw .pageRestricted }
        guard let delivery = fields["messenger_delivery_data"], let text = delivery["subscription_token"]?.string else {
            throw .parameter("Param messenger_delivery_data[subscription_token] is required")
        }
        guard let message = fields["message"] else { throw .emptyMessage }
        let outgoing = try MessageValidation(message, file: nil).outgoing()
        guard outgoing.template == nil else { throw .parameter("Param message[template] is for utility messages") }
        guard (outgoing.text?.unicodeScalars.count ?? 0) <= 640 else {
            throw .parameter("Length of param message[text] must be less than or equal to 640")
        }
        guard let token = tokens[text], token.kind == .marketing, let person = everybody[token.person] else {
            throw .parameter("Invalid subscription_token")
        }
        guard !token.isStopped, !person.hasBlockedPage else { throw .unavailableForMarketing }
        if let gap = delivery["min_conversation_gap_seconds"]?.integer, let last = person.lastActionAt,
            now < last + gap * 1000
        {
            throw .unavailableForMarketing
        }
        if let last = token.lastUsedAt, now < last + PermissionToken.marketingPauseMilliseconds {
            throw .tooSoonForMarketing
        }
        let answer = try accept(outgoing, to: person.id, now: now).answer
        tokens[text]?.lastUsedAt = now
        return answer
    }

    private mutating func makeToken(
        _ kind: PermissionToken.Kind,
        of person: String,
        now: Int64
    ) throws(ControlError) -> String {
        guard tokens.count < Self.tokenLimit else { throw .full("\(Self.tokenLimit) tokens exist") }
        let text = identifiers.objectID()
        tokens[text] = PermissionToken(text: text, kind: kind, person: person, at: now)
        return text
    }
}

/// A person's permission for messages outside the window.
struct PermissionToken: Sendable {
    enum Kind: Sendable {
        /// One message, within a year.
        /// https://developers.facebook.com/docs/messenger-platform/send-messages/one-time-notification
        case oneTime
        /// One message every twelve hours, until the person stops them.
        /// https://developers.facebook.com/docs/messenger-platform/marketing-messages
        case marketing
    }

    static let oneTimeMilliseconds: Int64 = 365 * 24 * 60 * 60 * 1000
    static let marketingPauseMilliseconds: Int64 = 12 * 60 * 60 * 1000

    let text: String
    let kind: Kind
    let person: String
    /// Milliseconds since 1970.
    let at: Int64
    var lastUsedAt: Int64?
    var isStopped = false
}
