/// Messages that a person allowed beforehand.
extension Platform {
    static let tokenLimit = 100_000

    /// Whom a one-time token allows to write to, once.
    ///
    /// No page that could be seen says which error used, old and unknown tokens get: that it is 100, is an assumption.
    func personBehind(oneTimeToken text: String, now: Int64) throws(GraphError) -> Person {
        guard let token = tokens[text], token.kind == .oneTime, token.lastUsedAt == nil,
            now < token.at + PermissionToken.oneTimeMilliseconds, let person = everybody[token.person]
        else { throw .parameter("Invalid one_time_notif_token: unknown, used or older than a year") }
        return person
    }

    /// The person taps "Notify Me", which tells the page. It does not open the window: that is not among the actions
    /// that do.
    mutating func allowOneMessage(by person: String, payload: String, now: Int64) throws(ControlError) -> String {
        let token = try makeToken(.oneTime, of: person, now: now)
        notes.append(.other, "wants to be notified once", about: person, at: now)
        emit(writer.oneTimeOptIn(by: person, token: token, payload: payload, at: now))
        return token
    }

    /// The person agrees to marketing messages. With which event the page learns of it in the Marketing Message API
    /// could not be seen: here it is that of the recurring notifications before it.
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
        notes.append(.other, "has enough of marketing messages", about: person, at: now)
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
