/// People and their messages.
extension Platform {
    /// The platform documents no limit for a person's messages; this one is generous.
    private static let textLimit = 20_000
    /// https://developers.facebook.com/docs/messenger-platform/discovery/m-me-links
    private static let refLimit = 2083

    var people: [Person] { everybody.all }

    /// Creates a person. A missing id is made up; a person without a name is named by their number.
    mutating func addPerson(id: String?, name: String?) throws(ControlError) -> Person {
        try everybody.add(id: id, madeUp: { identifiers.personID() }, name: name)
    }

    /// Performs a message of a person, a visit through an m.me link with `ref`, or both. That opens the window, ends a
    /// block and marks everything before it as read. A new person is created under the given id.
    ///
    /// - Returns: the person after the change.
    mutating func write(
        as id: String?,
        name: String?,
        text: String?,
        ref: String?,
        now: Int64
    ) throws(ControlError) -> Person {
        let text = text.flatMap { $0.isEmpty ? nil : $0 }
        let ref = ref.flatMap { $0.isEmpty ? nil : $0 }
        guard text != nil || ref != nil else { throw .invalid("text or ref is missing") }
        guard (text?.unicodeScalars.count ?? 0) <= Self.textLimit else {
            throw .invalid("a text has at most \(Self.textLimit) characters")
        }
        if let ref, ref.wholeMatch(of: /[0-9A-Za-z_=-]+/) == nil || ref.utf8.count > Self.refLimit {
            throw .invalid("a ref has at most \(Self.refLimit) letters, digits, -, _ and =")
        }
        let person =
            if let id, let known = everybody[id] { known } else { try addPerson(id: id, name: name) }
        try read(by: person.id, now: now)
        if let ref { open(linkWith: ref, by: person, sayingNothingElse: text == nil, now: now) }
        if let text { say(text, ref: ref, by: person.id, now: now) }
        openWindow(of: person.id, now: now)
        return try everybody.find(person.id)
    }

    /// Marks everything that has arrived as read. Does nothing if there is nothing unread.
    mutating func read(by id: String, now: Int64) throws(ControlError) {
        guard try everybody.find(id).unreadCount > 0 else { return }
        everybody.change(id) { $0.unreadCount = 0 }
        emit(writer.read(by: id, at: now))
    }

    mutating func setProfileAccess(_ access: ProfileAccess, of id: String) throws(ControlError) {
        _ = try everybody.find(id)
        everybody.change(id) { $0.profileAccess = access }
    }

    mutating func setBlocked(_ blocked: Bool, by id: String) throws(ControlError) {
        _ = try everybody.find(id)
        everybody.change(id) { $0.hasBlockedPage = blocked }
    }

    /// Opens an m.me link. In a new conversation the link leads to the Get Started button, and in an existing one to a
    /// referral event. A page without that button does not learn of links in new conversations:
    /// https://developers.facebook.com/docs/messenger-platform/discovery/m-me-links
    private mutating func open(linkWith ref: String, by person: Person, sayingNothingElse isAll: Bool, now: Int64) {
        let isNew = person.lastActionAt == nil && !log.hasEntries(of: person.id)
        let id = identifiers.messageID()
        if !isNew {
            emit(writer.referral(of: person.id, ref: ref, at: now))
        } else if let payload = profile["get_started"]?["payload"]?.string {
            emit(writer.getStarted(by: person.id, id: id, payload: payload, ref: ref, at: now))
        }
        guard isAll else { return }
        log.append(
            LogEntry(
                number: log.nextNumber,
                at: now,
                direction: .incoming,
                person: person.id,
                messageID: id,
                ref: ref
            )
        )
    }

    private mutating func say(_ text: String, ref: String?, by person: String, now: Int64) {
        let id = identifiers.messageID()
        log.append(
            LogEntry(
                number: log.nextNumber,
                at: now,
                direction: .incoming,
                person: person,
                messageID: id,
                text: text,
                ref: ref
            )
        )
        emit(writer.message(from: person, id: id, text: text, at: now))
    }
}
