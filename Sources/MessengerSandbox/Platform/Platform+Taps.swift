/// What people tap on.
extension Platform {
    /// The person taps on the button or the quick reply with this title, in the newest message that has it.
    ///
    /// - Parameter value: the phone number or the address that a quick reply asks for.
    /// - Returns: the token, when the tap makes one.
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
        // Those that ask for a number or an address have it both as their text and as their payload.
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
                throw .invalid("\(person) has tapped on that already, and can do it once")
            }
            return try allowOneMessage(by: person, payload: button.value, now: now)
        case .webURL, .phoneNumber:
            throw .invalid("the platform tells nobody of taps on a button of type \(button.kind.rawValue)")
        }
    }
}
