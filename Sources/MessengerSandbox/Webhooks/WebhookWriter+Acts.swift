/// Events other than messages.
extension WebhookWriter {
    func reaction(
        by person: String,
        to messageID: String,
        reaction: String,
        emoji: String,
        isTakenBack: Bool,
        at now: Int64
    ) -> Webhook {
        event(
            from: person,
            at: now,
            "reaction",
            [
                "reaction": .string(reaction), "emoji": .string(emoji),
                "action": isTakenBack ? "unreact" : "react", "mid": .string(messageID),
            ]
        )
    }

    func edit(by person: String, of messageID: String, text: String, number: Int, at now: Int64) -> Webhook {
        event(
            from: person,
            at: now,
            "message_edit",
            ["mid": .string(messageID), "text": .string(text), "num_edit": .integer(Int64(number))]
        )
    }

    func deletion(by person: String, of messageID: String, at now: Int64) -> Webhook {
        event(from: person, at: now, "message", ["mid": .string(messageID), "is_deleted": true])
    }

    func pluginOptIn(by person: String, ref: String, at now: Int64) -> Webhook {
        event(from: person, at: now, "optin", ["ref": .string(ref)])
    }

    func advertisement(_ adID: String, ref: String?, followedBy person: String, at now: Int64) -> Webhook {
        event(from: person, at: now, "referral", advertisement(adID, ref: ref))
    }

    func message(
        from person: String,
        id: String,
        text: String,
        advertisement adID: String,
        ref: String?,
        at now: Int64
    ) -> Webhook {
        event(
            from: person,
            at: now,
            "message",
            ["mid": .string(id), "text": .string(text), "referral": advertisement(adID, ref: ref)]
        )
    }

    /// Writes the echo of an operator's message, which has the inbox's app id.
    func inboxEcho(of text: String, to person: String, id: String, at now: Int64) -> Webhook {
        echo(
            ["is_echo": true, "app_id": .integer(inboxAppID), "mid": .string(id), "text": .string(text)],
            to: person,
            at: now
        )
    }

    /// Writes a handover. As on the platform, some ids are strings and some are numbers.
    func handover(_ handover: Handover, of person: String, app: Int64, metadata: String, at now: Int64) -> Webhook {
        let (mine, other) = (String(appID), String(app))
        switch handover {
        case .take:
            return event(
                from: person,
                at: now,
                "take_thread_control",
                [
                    "previous_owner_app_id": .string(mine), "new_owner_app_id": .string(other),
                    "metadata": .string(metadata),
                ]
            )
        case .pass:
            return event(
                from: person,
                at: now,
                "pass_thread_control",
                [
                    "previous_owner_app_id": .string(other), "new_owner_app_id": .string(mine),
                    "metadata": .string(metadata),
                ]
            )
        case .request:
            return event(
                from: person,
                at: now,
                "request_thread_control",
                ["requested_owner_app_id": .integer(app), "metadata": .string(metadata)]
            )
        }
    }

    private func advertisement(_ adID: String, ref: String?) -> JSON {
        var members: [JSON.Member] = []
        if let ref { members.append(.init(name: "ref", value: .string(ref))) }
        members += [
            .init(name: "ad_id", value: .string(adID)), .init(name: "source", value: "ADS"),
            .init(name: "type", value: "OPEN_THREAD"),
        ]
        return .object(members)
    }
}
