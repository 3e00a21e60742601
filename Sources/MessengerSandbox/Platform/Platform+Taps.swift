/// Taps on buttons and quick replies.
extension Platform {
    /// Taps the button or quick reply with this title in the newest message that has one.
    ///
    /// - Parameter value: the phone number or email address that a quick reply asks for.
    /// - Returns: the token, if the tap creates one.
    mutating func tap(_ title: String, by id: String, value: String?, now: Int64) throws(ControlError) -> String? {
        let person = try everybody.find(id).id
        for entry in log.conversation(with: person) where entry.direction == .outgoing {
            if let reply = entry.quickReplies.first(where: { $0.title == title }) {
                try tap(reply, by: person, value: value, now: now)
                return nil
            }
            if let button = entry.allButtons.first(where: { $0.title == title }) {
                return try tap(button, by: person, in: entry, now: now)
            }
        }
        throw .invalid("no message to \(person) has a button or a quick reply \(title)")
    }

    private mutating func tap(_ reply: QuickReply, by person: String, value: String?, now: Int64) throws(ControlError) {
        // A quick reply that asks for a phone number or email address has it as both text and payload.
        guard let payload = reply.payload ?? value else { throw .invalid("value is missing: \(reply.title)") }
        let text = reply.payload == nil ? payload : reply.title
        try write(by: person, text: text, now: now) { writer, id in
            writer.quickReply(from: person, id: id, text: text, payload: payload, at: now)
        }
    }

    private mutating func tap(
        _ button: Button,
        by person: String,
        in entry: LogEntry,
        now: Int64
    ) throws(ControlError) -> String? {
        switch button.kind {
        case .postback:
            try write(by: person, text: button.title, now: now) { writer, id in
                writer.postback(by: person, id: id, title: button.title, payload: button.value, at: now)
            }
            return nil
        case .oneTimeNotification:
            guard tappedRequests.insert(entry.messageID).inserted else {
                throw .invalid("\(person) has already tapped this request; it works only once")
            }
            return try allowOneMessage(by: person, payload: button.value, now: now)
        case .webURL, .phoneNumber:
            throw .invalid("the platform sends no event for a tap on a button of type \(button.kind.rawValue)")
        }
    }
}
