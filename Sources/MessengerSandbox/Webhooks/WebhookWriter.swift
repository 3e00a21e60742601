/// Writes events in the platform's format: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
struct WebhookWriter: Sendable {
    let pageID: String
    let appID: Int64
    let inboxAppID: Int64
    /// The people whose conversation another app controls. Their events are sent as `standby`, and postbacks without the
    /// payload.
    var standby: Set<String> = []

    func message(from person: String, id: String, text: String, at now: Int64) -> Webhook {
        event(from: person, at: now, "message", ["mid": .string(id), "text": .string(text)])
    }

    /// Writes a tap on Get Started, the first action of a new person who comes through an m.me link.
    func getStarted(by person: String, id: String, payload: String, ref: String, at now: Int64) -> Webhook {
        event(
            from: person,
            at: now,
            "postback",
            [
                "mid": .string(id), "title": "Get Started", "payload": .string(payload), "referral": referral(ref),
            ]
        )
    }

    /// Writes the event of an m.me link that a person with an existing conversation opened.
    func referral(of person: String, ref: String, at now: Int64) -> Webhook {
        event(from: person, at: now, "referral", referral(ref))
    }

    func echo(
        of message: OutgoingMessage,
        _ attachments: [Attachment],
        to person: String,
        id: String,
        at now: Int64
    ) -> Webhook {
        var members: [JSON.Member] = [
            .init(name: "is_echo", value: true),
            .init(name: "app_id", value: .integer(appID)),
        ]
        if let metadata = message.metadata { members.append(.init(name: "metadata", value: .string(metadata))) }
        members.append(.init(name: "mid", value: .string(id)))
        if let text = message.text, message.buttons.isEmpty {
            members.append(.init(name: "text", value: .string(text)))
        }
        let attachments = attachments.map(media) + [template(message)].compactMap(\.self)
        if !attachments.isEmpty { members.append(.init(name: "attachments", value: .array(attachments))) }
        return echo(.object(members), to: person, at: now)
    }

    func echo(_ message: JSON, to person: String, at now: Int64) -> Webhook {
        envelope(
            "message_echoes",
            about: person,
            at: now,
            [
                "sender": ["id": .string(pageID)], "recipient": ["id": .string(person)], "timestamp": .integer(now),
                "message": message,
            ]
        )
    }

    /// Writes a delivery receipt, without a timestamp as in the platform's samples.
    func delivery(of id: String, to person: String, at now: Int64) -> Webhook {
        envelope(
            "message_deliveries",
            about: person,
            at: now,
            [
                "sender": ["id": .string(person)], "recipient": ["id": .string(pageID)],
                "delivery": ["mids": [.string(id)], "watermark": .integer(now)],
            ]
        )
    }

    func read(by person: String, at now: Int64) -> Webhook {
        event(from: person, at: now, "read", ["watermark": .integer(now)])
    }

    /// Writes a change of the page's feed. Unlike messages, it has its times in seconds.
    /// https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#feed
    func comment(_ comment: Comment, _ verb: String, authorName: String, at now: Int64) -> Webhook {
        var value: [JSON.Member] = [
            .init(name: "item", value: "comment"),
            .init(name: "verb", value: .string(verb)),
            .init(name: "comment_id", value: .string(comment.id)),
            .init(name: "post_id", value: .string(comment.post)),
            .init(name: "parent_id", value: .string(comment.parent ?? comment.post)),
        ]
        if !comment.isAnonymous {
            value.append(
                .init(name: "from", value: ["id": .string(comment.author), "name": .string(authorName)])
            )
        }
        value.append(.init(name: "created_time", value: .integer(comment.at / 1000)))
        if let text = comment.text, verb != "remove" { value.append(.init(name: "message", value: .string(text))) }
        return change("feed", .object(value), about: comment.author, at: now)
    }

    func postback(by person: String, id: String, title: String, payload: String, at now: Int64) -> Webhook {
        event(
            from: person,
            at: now,
            "postback",
            standby.contains(person)
                ? ["mid": .string(id), "title": .string(title)]
                : ["mid": .string(id), "title": .string(title), "payload": .string(payload)]
        )
    }

    func quickReply(from person: String, id: String, text: String, payload: String, at now: Int64) -> Webhook {
        event(
            from: person,
            at: now,
            "message",
            ["mid": .string(id), "text": .string(text), "quick_reply": ["payload": .string(payload)]]
        )
    }

    /// Writes the event of a tap on "Notify Me". No available page has a sample; the first and last member's names are those
    /// that several programs read.
    func oneTimeOptIn(by person: String, token: String, payload: String, at now: Int64) -> Webhook {
        event(
            from: person,
            at: now,
            "optin",
            [
                "type": "one_time_notif_req", "payload": .string(payload), "one_time_notif_token": .string(token),
            ]
        )
    }

    /// - Parameter status: `STOP` or `RESUME`; nil for a new subscription.
    func marketingOptIn(by person: String, token: String, title: String, status: String?, at now: Int64) -> Webhook {
        var members: [JSON.Member] = [
            .init(name: "type", value: "notification_messages"),
            .init(name: "payload", value: ""),
            .init(name: "notification_messages_token", value: .string(token)),
            .init(name: "title", value: .string(title)),
        ]
        if let status {
            members.append(.init(name: "notification_messages_status", value: .string("\(status) NOTIFICATIONS")))
        }
        return event(from: person, at: now, "optin", .object(members))
    }

    /// Writes a change of a template's status. The platform documents the field, but no value; this one follows WhatsApp's.
    func templateStatus(_ template: MessageTemplate, at now: Int64) -> Webhook {
        change(
            "message_template_status_update",
            [
                "event": .string(template.status.rawValue), "message_template_id": .string(template.id),
                "message_template_name": .string(template.name),
                "message_template_language": .string(template.language),
                "reason": .string(template.rejection ?? "NONE"),
            ],
            about: pageID,
            at: now
        )
    }

    /// Writes a policy event. It is about the page, and therefore has no sender.
    func policyEnforcement(_ action: PolicyAction, reason: String, at now: Int64) -> Webhook {
        envelope(
            "messaging_policy_enforcement",
            about: pageID,
            at: now,
            [
                "recipient": ["id": .string(pageID)], "timestamp": .integer(now),
                "policy_enforcement": ["action": .string(action.rawValue), "reason": .string(reason)],
            ]
        )
    }

    private func change(_ field: String, _ value: JSON, about person: String, at now: Int64) -> Webhook {
        let body: JSON = [
            "object": "page",
            "entry": [
                [
                    "id": .string(pageID), "time": .integer(now / 1000),
                    "changes": [["field": .string(field), "value": value]],
                ]
            ],
        ]
        return Webhook(person: person, field: field, body: body.bytes)
    }

    private func referral(_ ref: String) -> JSON {
        ["ref": .string(ref), "source": "SHORTLINK", "type": "OPEN_THREAD"]
    }

    private func media(_ attachment: Attachment) -> JSON {
        ["type": .string(attachment.kind.rawValue), "payload": ["url": .string(attachment.url)]]
    }

    private func template(_ message: OutgoingMessage) -> JSON? {
        if let request = message.buttons.first, request.kind == .oneTimeNotification {
            return [
                "type": "template",
                "payload": [
                    "template_type": "one_time_notif_req", "title": .string(message.text ?? ""),
                    "payload": .string(request.value),
                ],
            ]
        }
        let payload: JSON
        if !message.buttons.isEmpty {
            payload = [
                "template_type": "button", "text": .string(message.text ?? ""),
                "buttons": .array(message.buttons.map(\.json)),
            ]
        } else if !message.cards.isEmpty {
            payload = ["template_type": "generic", "elements": .array(message.cards.map(\.json))]
        } else {
            return nil
        }
        return ["title": "", "url": nil, "type": "template", "payload": payload]
    }

    /// The webhook field of each kind of event: https://developers.facebook.com/docs/messenger-platform/webhooks
    private static let fields = [
        "message": "messages", "postback": "messaging_postbacks", "referral": "messaging_referrals",
        "read": "message_reads", "optin": "messaging_optins", "reaction": "message_reactions",
        "message_edit": "message_edits", "take_thread_control": "messaging_handovers",
        "pass_thread_control": "messaging_handovers", "request_thread_control": "messaging_handovers",
    ]

    func event(from person: String, at now: Int64, _ kind: String, _ content: JSON) -> Webhook {
        envelope(
            Self.fields[kind] ?? kind,
            about: person,
            at: now,
            .object([
                .init(name: "sender", value: ["id": .string(person)]),
                .init(name: "recipient", value: ["id": .string(pageID)]),
                .init(name: "timestamp", value: .integer(now)),
                .init(name: kind, value: content),
            ])
        )
    }

    private func envelope(_ field: String, about person: String, at now: Int64, _ item: JSON) -> Webhook {
        let isStandby = standby.contains(person) && field != "messaging_handovers"
        let body: JSON = [
            "object": "page",
            "entry": [
                .object([
                    .init(name: "id", value: .string(pageID)), .init(name: "time", value: .integer(now)),
                    .init(name: isStandby ? "standby" : "messaging", value: [item]),
                ])
            ],
        ]
        return Webhook(person: person, field: isStandby ? "standby" : field, body: body.bytes)
    }
}
