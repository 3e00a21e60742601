/// The Send API: https://developers.facebook.com/docs/messenger-platform/reference/send-api
extension Platform {
    mutating func send(_ parameters: GraphParameters, now: Int64) throws(GraphError) -> GraphAnswer {
        let fields = parameters.fields
        let addressee = (try? Recipient(fields["recipient"])).map(person) ?? ""
        var handling = GraphAnswer.Handling.answer
        do throws(GraphError) {
            let request = try SendRequest(fields, file: parameters.file)
            switch faults.takeForCall(to: addressee) {
            case .error(let code, let subcode): throw GraphError.injected(code: code, subcode: subcode)
            case .refuse: return GraphAnswer(handling: .close, body: [:])
            case .lostAnswer: handling = .close
            case .delay(let milliseconds): handling = .answerLater(milliseconds: milliseconds)
            case .duplicateWebhook, nil: break
            }
            try require("pages_messaging")
            guard !standing.isRestricted else { throw .pageRestricted }
            guard !writer.standby.contains(addressee) else { throw .otherAppHasConversation }
            return GraphAnswer(handling: handling, body: try perform(request, now: now))
        } catch {
            if everybody[addressee] != nil, let message = fields["message"] {
                let what = message["text"]?.string.map { "“\($0.prefix(100))”" } ?? "a message"
                notes.append(.refused, "\(what): \(error.message)", about: addressee, at: now)
            }
            return refusal(error, handling: handling)
        }
    }

    /// Checks the content, then the rate, then the recipient and last the window, so that a dead tag is refused inside and
    /// outside the window.
    private mutating func perform(_ request: SendRequest, now: Int64) throws(GraphError) -> JSON {
        if let tag = request.tag { throw tag.refusal }
        if let id = request.persona, persona(id) == nil { throw .parameter("Invalid persona ID") }
        if case .message(let message) = request.content {
            try admit(message, now: now)
        }
        switch (request.recipient, request.content) {
        case (.person(let id), let content):
            guard let person = everybody[id] else { throw .unknownPerson }
            guard !person.hasBlockedPage else { throw .unavailablePerson }
            // No window is documented for utility messages.
            guard person.windowIsOpen(at: now) || content.isUtility else { throw .windowClosed }
            guard case .message(let message) = content else { return ["recipient_id": .string(person.id)] }
            return try accept(try fill(message), to: person.id, now: now).answer
        case (.comment(let id), .message(let message)):
            return try replyPrivately(to: id, with: message, now: now)
        case (.oneTimeToken(let token), .message(let message)):
            let person = try person(forOneTimeToken: token, now: now)
            guard !person.hasBlockedPage else { throw .unavailablePerson }
            let answer = try accept(try fill(message), to: person.id, now: now).answer
            tokens[token]?.lastUsedAt = now
            return answer
        case (.comment, .action), (.oneTimeToken, .action):
            throw .parameter("Param recipient must have id with a sender_action")
        }
    }

    private mutating func admit(_ message: OutgoingMessage, now: Int64) throws(GraphError) {
        let isFrozen = lastExcessAt.map { now < $0 + freezeMilliseconds } ?? false
        guard calls.admits(at: now) else {
            lastExcessAt = now
            throw .rateExceeded
        }
        guard !isFrozen, !message.hasAudioOrVideo || audioOrVideoCalls.admits(at: now) else { throw .rateExceeded }
    }

    /// Whether the inbox is frozen: for at least one second after the page exceeded its rate.
    func inboxIsFrozen(at now: Int64) -> Bool {
        lastExcessAt.map { now < $0 + max(freezeMilliseconds, 1000) } ?? false
    }

    mutating func accept(
        _ message: OutgoingMessage,
        to person: String,
        comment: String? = nil,
        now: Int64
    ) throws(GraphError) -> (messageID: String, answer: JSON) {
        let (attachments, savedID) = try attach(message.media, now: now)
        let messageID = identifiers.messageID()
        log.append(
            LogEntry(
                number: log.nextNumber,
                at: now,
                direction: .outgoing,
                person: person,
                messageID: messageID,
                text: message.text,
                attachments: attachments,
                buttons: message.buttons,
                cards: message.cards,
                quickReplies: message.quickReplies,
                metadata: message.metadata,
                comment: comment
            )
        )
        emit(writer.echo(of: message, attachments, to: person, id: messageID, at: now))
        arrived(messageID, to: person, now: now)
        var answer: [JSON.Member] = [
            .init(name: "recipient_id", value: .string(person)),
            .init(name: "message_id", value: .string(messageID)),
        ]
        if let savedID { answer.append(.init(name: "attachment_id", value: .string(savedID))) }
        return (messageID, .object(answer))
    }

    /// Returns the person's id, or an empty string if the recipient is unknown.
    private func person(for recipient: Recipient) -> String {
        switch recipient {
        case .person(let id): id
        case .comment(let id): comments[id]?.author ?? ""
        case .oneTimeToken(let token): tokens[token]?.person ?? ""
        }
    }
}
