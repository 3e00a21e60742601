/// Actions of people, operators and other apps.
extension Platform {
    mutating func act(_ act: PersonAct, by id: String, now: Int64) throws(ControlError) {
        let person = try everybody.find(id).id
        switch act {
        case .react(let messageID, let reaction, let emoji), .unreact(let messageID, let reaction, let emoji):
            let entry = try message(messageID, with: person)
            let isTakenBack = if case .unreact = act { true } else { false }
            emit(
                writer.reaction(
                    by: person,
                    to: entry.messageID,
                    reaction: reaction,
                    emoji: emoji,
                    isTakenBack: isTakenBack,
                    at: now
                )
            )
            notes.append(
                .other,
                "\(isTakenBack ? "took back" : "reacted with") \(emoji): “\(entry.text ?? "…")”",
                about: person,
                at: now
            )
            // "Reacts to a message" is among the actions that open the window; removing the reaction is not.
            if !isTakenBack { openWindow(of: person, now: now) }
        case .edit(let messageID, let text):
            let entry = try message(messageID, with: person)
            guard entry.direction == .incoming, !text.isEmpty else {
                throw .invalid("a person can edit only their own messages, and not to an empty text")
            }
            log.change(messageID) {
                $0.text = text
                $0.edits += 1
            }
            emit(writer.edit(by: person, of: messageID, text: text, number: entry.edits + 1, at: now))
            notes.append(.other, "edited “\(entry.text ?? "…")” to “\(text)”", about: person, at: now)
        case .unsend(let messageID):
            let entry = try message(messageID, with: person)
            guard entry.direction == .incoming else { throw .invalid("a person can take back only their own messages") }
            log.change(messageID) { $0.text = nil }
            emit(writer.deletion(by: person, of: messageID, at: now))
            notes.append(.other, "took back “\(entry.text ?? "…")”", about: person, at: now)
        case .postback(let title, let payload):
            guard !title.isEmpty, !payload.isEmpty else { throw .invalid("a postback has a title and a payload") }
            try write(by: person, text: title, now: now) { writer, id in
                writer.postback(by: person, id: id, title: title, payload: payload, at: now)
            }
        case .advertisement(let adID, let ref, let text):
            try follow(advertisement: adID, ref: ref, text: text, by: person, now: now)
        case .plugin(let ref):
            emit(writer.pluginOptIn(by: person, ref: ref, at: now))
            notes.append(.other, "came through the plugin with ref “\(ref)”", about: person, at: now)
            openWindow(of: person, now: now)
        }
    }

    /// Sends an operator's message from the page's inbox. The sandbox does not check the window for operators.
    mutating func operatorWrites(_ text: String, to id: String, now: Int64) throws(ControlError) -> LogEntry {
        let person = try everybody.find(id)
        guard !text.isEmpty else { throw .invalid("text is missing") }
        guard !person.hasBlockedPage else { throw .invalid("\(id) has blocked the page") }
        let entry = LogEntry(
            number: log.nextNumber,
            at: now,
            direction: .outgoing,
            person: id,
            messageID: identifiers.messageID(),
            text: text,
            isByOperator: true
        )
        log.append(entry)
        emit(writer.inboxEcho(of: text, to: id, id: entry.messageID, at: now))
        arrived(entry.messageID, to: id, now: now)
        return entry
    }

    /// While another app controls the conversation, the page gets events as `standby`, and the page's app cannot send.
    mutating func handOver(
        _ handover: Handover,
        of id: String,
        app: Int64,
        metadata: String,
        now: Int64
    ) throws(ControlError) {
        let person = try everybody.find(id).id
        switch handover {
        case .take: writer.standby.insert(person)
        case .pass: writer.standby.remove(person)
        case .request: break
        }
        emit(writer.handover(handover, of: person, app: app, metadata: metadata, at: now))
        let what =
            switch handover {
            case .take: "took the conversation"
            case .pass: "gave the conversation back"
            case .request: "asks for the conversation"
            }
        notes.append(.other, "app \(app) \(what)", about: person, at: now)
    }

    /// Performs an action that opens the window and appears in the conversation.
    mutating func write(
        by person: String,
        text: String,
        now: Int64,
        _ webhook: (WebhookWriter, _ messageID: String) -> Webhook
    ) throws(ControlError) {
        try read(by: person, now: now)
        let id = identifiers.messageID()
        log.append(
            LogEntry(
                number: log.nextNumber,
                at: now,
                direction: .incoming,
                person: person,
                messageID: id,
                text: text
            )
        )
        emit(webhook(writer, id))
        openWindow(of: person, now: now)
    }

    /// Opens the window. An action of the person also ends a block of the page.
    mutating func openWindow(of person: String, now: Int64) {
        everybody.change(person) {
            $0.lastActionAt = now
            $0.hasBlockedPage = false
        }
    }

    /// Records that a message reached the person, who reads it at once if `readsAtOnce` is set.
    mutating func arrived(_ messageID: String, to person: String, now: Int64) {
        everybody.change(person) { $0.unreadCount += readsAtOnce ? 0 : 1 }
        emit(writer.delivery(of: messageID, to: person, at: now))
        if readsAtOnce { emit(writer.read(by: person, at: now)) }
    }

    /// A click on an advertisement alone does not open the window; a message after it does.
    private mutating func follow(
        advertisement adID: String,
        ref: String?,
        text: String?,
        by person: String,
        now: Int64
    ) throws(ControlError) {
        guard let text else {
            emit(writer.advertisement(adID, ref: ref, followedBy: person, at: now))
            notes.append(.other, "came through advertisement \(adID)", about: person, at: now)
            return
        }
        try write(by: person, text: text, now: now) { writer, id in
            writer.message(from: person, id: id, text: text, advertisement: adID, ref: ref, at: now)
        }
    }

    private func message(_ id: String, with person: String) throws(ControlError) -> LogEntry {
        guard let entry = log[message: id], entry.person == person else {
            throw .invalid("there is no message \(id) in the conversation with \(person)")
        }
        return entry
    }
}
