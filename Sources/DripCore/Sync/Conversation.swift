/// The messages between a person and a page, as far as the platform still shows them.
package struct Conversation: Hashable, Sendable {
    package struct Message: Hashable, Sendable {
        package let id: String
        package let at: Instant
        package let isFromPerson: Bool
        package let text: String?
        /// The pictures, files, …, as far as the platform was asked for them and shows them.
        package let attachments: [Attachment]

        package struct Attachment: Hashable, Sendable {
            /// The kinds that it may be; nil if the platform does not tell.
            package let kinds: Set<MediaKind>?
            /// The text on it, if it is a card.
            package let text: String?

            package init(kinds: Set<MediaKind>?, text: String? = nil) {
                self.kinds = kinds
                self.text = text
            }
        }

        package var hasAttachments: Bool { !attachments.isEmpty }

        /// The text on its cards; nil if it has no cards, or none with a known text.
        package var cardText: String? {
            let texts = attachments.compactMap(\.text)
            return texts.isEmpty ? nil : texts.joined(separator: " ")
        }

        package init(id: String, at: Instant, isFromPerson: Bool, text: String?, attachments: [Attachment] = []) {
            self.id = id
            self.at = at
            self.isFromPerson = isFromPerson
            self.text = text
            self.attachments = attachments
        }
    }

    /// The person's address.
    package let person: String
    /// The person's full name, if the platform gives it.
    package let name: String?
    package let updatedAt: Instant
    /// The latest messages of both sides.
    package let messages: [Message]
    /// The time after which `messages` is complete.
    package let reach: Instant

    package init(
        person: String,
        name: String?,
        updatedAt: Instant,
        messages: [Message],
        reach: Instant = .distantFuture
    ) {
        self.person = person
        self.name = name
        self.updatedAt = updatedAt
        self.messages = messages
        self.reach = reach
    }
}

extension Conversation {
    /// The person's messages, the oldest first.
    private var written: [Message] {
        messages.filter(\.isFromPerson).sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    }

    /// Returns what to store about a person who wrote before dripd was installed: enough to write to them only if that
    /// is allowed.
    /// - Parameters:
    ///   - optOut: the phrases that opt out.
    ///   - since: messages up to this time do not count.
    package func contact(optOut: OptOut, since: Instant = .distantPast) -> Contact? {
        let written = written.filter { $0.at > since }
        guard let first = written.first, let last = written.last else { return nil }
        var attributes: [String: String] = [:]
        if let name, !name.isEmpty { attributes["full_name"] = OutsideText.name(name) }
        for message in written {
            for (name, value) in Contacts(in: message.text ?? "").changes(to: attributes) { attributes[name] = value }
        }
        return Contact(
            address: person,
            attributes: attributes,
            firstWroteAt: first.at,
            lastWroteAt: last.at,
            // Only the last message counts: a person who kept writing after an opt-out has changed their mind, as far
            // as we can tell.
            lastWord: last.text.map { optOut.reading(of: Phrase(message: EventWords.withoutPadding($0))) } ?? .none
        )
    }

    /// Returns the person's messages in a time span as events, in case no webhook brought them. They have the same keys
    /// as the webhooks' events, so a duplicate changes nothing.
    package func events(
        on page: String,
        of channel: ChannelName,
        from: Instant,
        until: Instant
    ) -> [(event: Event, at: Instant)] {
        written.filter { $0.at >= from && $0.at < until }.map { message in
            let event = Event(
                channel: channel,
                page: page,
                person: person,
                key: Event.key(ofMessage: message.id),
                at: message.at,
                kind: .message(text: message.text, payload: nil, ref: nil),
                body: nil,
                isFromConversation: true
            )
            return (event, message.at)
        }
    }
}

/// A person who has written to the page.
package struct Contact: Hashable, Sendable {
    package let address: String
    package let attributes: [String: String]
    /// The time of the oldest message that the platform still shows. There may have been earlier ones.
    package let firstWroteAt: Instant
    package let lastWroteAt: Instant
    /// The meaning of the last message for further ones.
    package let lastWord: OptOut.Reading

    package init(
        address: String,
        attributes: [String: String],
        firstWroteAt: Instant,
        lastWroteAt: Instant,
        lastWord: OptOut.Reading
    ) {
        self.address = address
        self.attributes = attributes
        self.firstWroteAt = firstWroteAt
        self.lastWroteAt = lastWroteAt
        self.lastWord = lastWord
    }
}

/// One page of results from a page's conversations, the latest first.
package struct ConversationPage: Hashable, Sendable {
    package let conversations: [Conversation]
    /// The cursor of the next results; nil after the last.
    package let next: String?
    /// The platform's clock when it answered, if it was given.
    package let readAt: Instant?

    package init(conversations: [Conversation], next: String?, readAt: Instant? = nil) {
        self.conversations = conversations
        self.next = next
        self.readAt = readAt
    }
}

/// The platform's answer to a request for conversations.
package enum ConversationsAnswer: Hashable, Sendable {
    case found(ConversationPage)
    /// Not now. The request may be repeated.
    case later(why: String)
    /// Not until an operator acts.
    case refused(why: String)
}

/// The instructions for a sync of a page's conversations: what to do with the people it finds.
package struct SyncRequest: Codable, Hashable, Sendable {
    /// The sequence to enroll them in, unless they have been in it; nil to enroll no one.
    package let sequence: String?
    /// Only people who wrote at this time or later.
    package let since: Instant?

    package init(sequence: String? = nil, since: Instant? = nil) {
        self.sequence = sequence
        self.since = since
    }
}
