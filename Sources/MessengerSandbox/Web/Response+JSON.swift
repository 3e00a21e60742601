import Hummingbird

extension Response {
    static func json(_ body: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=UTF-8"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes)))
    }

    static func page(_ html: String, policy: String) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "text/html; charset=UTF-8"
        headers[.cacheControl] = "no-store"
        headers[.contentSecurityPolicy] = policy
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// A mail as it is. A browser saves it: it may contain HTML, which must not run scripts in this origin.
    static func mail(_ raw: [UInt8]) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "message/rfc822"
        headers[.cacheControl] = "no-store"
        headers[.contentDisposition] = "attachment; filename=\"mail.eml\""
        headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        headers[.init("X-Content-Type-Options")!] = "nosniff"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: raw)))
    }
}

extension ReceivedMail {
    /// The JSON of `GET /sandbox/mail`.
    var json: JSON {
        let content = content
        func text(_ value: String?) -> JSON { value.map { .string($0) } ?? nil }
        return [
            "number": .integer(Int64(number)), "at": .integer(at), "mailbox": .string(mailbox),
            "envelope_from": .string(envelopeFrom), "from": text(content.decodedField("From")),
            "to": text(content.decodedField("To")), "subject": text(content.decodedField("Subject")),
            "message_id": text(content.field("Message-ID")),
            "list_unsubscribe": text(content.field("List-Unsubscribe")),
            "list_unsubscribe_post": text(content.field("List-Unsubscribe-Post")),
            "text": text(content.text), "html": text(content.html),
            "raw": .string(String(decoding: raw, as: UTF8.self)),
        ]
    }
}

extension MailBounce {
    /// The JSON of `GET /sandbox/mail/bounces`.
    var json: JSON {
        [
            "number": .integer(Int64(number)), "at": .integer(at), "to": .string(to), "recipient": .string(recipient),
            "action": .string(reason.action.rawValue), "status": .string(reason.status),
            "raw": .string(String(decoding: raw, as: UTF8.self)),
        ]
    }
}

extension BrowserSubscription {
    /// An element of `GET /sandbox/push/subscriptions`.
    var listJSON: JSON {
        [
            "at": .integer(createdAt), "subscription": jsonValue,
            "application_server_key": .string(Base64URL.encode(applicationServerKey)), "online": .bool(isOnline),
            "gone": .bool(isGone),
        ]
    }
}

extension PushNotification {
    /// The JSON of `GET /sandbox/push/notifications`.
    var json: JSON {
        [
            "number": .integer(Int64(number)), "at": .integer(at), "endpoint": .string(endpoint),
            "state": .string(state.rawValue), "payload": payload.map { .string($0) } ?? nil,
            "problem": problem.map { .string($0) } ?? nil, "ttl": .integer(ttlSeconds), "urgency": .string(urgency),
            "topic": topic.map { .string($0) } ?? nil,
        ]
    }
}

extension Comment {
    /// The JSON of `GET /sandbox/comments`.
    func json(at now: Int64) -> JSON {
        [
            "comment_id": .string(id), "post_id": .string(post), "parent_id": parent.map { .string($0) } ?? nil,
            "person": .string(author), "message": text.map { .string($0) } ?? nil, "at": .integer(at),
            "private_reply": privateReply.map { .string($0) } ?? nil,
            "may_be_replied_to": .bool(mayBeRepliedTo(at: now)),
        ]
    }
}

extension LogEntry {
    /// The JSON of `GET /sandbox/messages`. Only private replies have `comment_id`, and only an operator's messages have
    /// `operator`.
    var json: JSON {
        var members: [JSON.Member] = [
            .init(name: "number", value: .integer(Int64(number))),
            .init(name: "at", value: .integer(at)),
            .init(name: "direction", value: .string(direction.rawValue)),
            .init(name: "person", value: .string(person)),
            .init(name: "message_id", value: .string(messageID)),
            .init(name: "text", value: text.map { .string($0) } ?? nil),
            .init(
                name: "attachments",
                value: .array(attachments.map { ["type": .string($0.kind.rawValue), "url": .string($0.url)] })
            ),
            .init(name: "buttons", value: .array(buttons.map(\.json))),
            .init(name: "cards", value: .array(cards.map(\.json))),
            .init(name: "quick_replies", value: .array(quickReplies.map { .string($0.title) })),
            .init(name: "metadata", value: metadata.map { .string($0) } ?? nil),
            .init(name: "ref", value: ref.map { .string($0) } ?? nil),
        ]
        if let comment { members.append(.init(name: "comment_id", value: .string(comment))) }
        if isByOperator { members.append(.init(name: "operator", value: true)) }
        return .object(members)
    }
}

extension Note {
    /// The JSON of `GET /sandbox/notes`.
    var json: JSON {
        [
            "number": .integer(Int64(number)), "at": .integer(at), "person": .string(person),
            "kind": .string(kind.rawValue), "text": .string(text),
        ]
    }
}

extension Person {
    /// The JSON of `GET /sandbox/people`.
    func json(at now: Int64) -> JSON {
        [
            "id": .string(id), "name": .string(name), "blocked": .bool(hasBlockedPage),
            "unread": .integer(Int64(unreadCount)), "window_open": .bool(windowIsOpen(at: now)),
            "window_closes_at": windowClosesAt.map { .integer($0) } ?? nil,
            "window_left": .integer(windowClosesAt.map { max(0, $0 - now) } ?? 0),
        ]
    }
}
