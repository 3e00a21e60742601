/// What a person and a page have written to each other, as far as the platform still tells it.
package struct Conversation: Hashable, Sendable {
    package struct Message: Hashable, Sendable {
        package let id: String
        package let at: Instant
        package let isFromPerson: Bool
        package let text: String?
        /// The pictures, files, …, as far as the platform was asked and tells them.
        package let attachments: [Attachment]

        package struct Attachment: Hashable, Sendable {
            /// What it may be; nil where the platform does not tell.
            package let kinds: Set<MediaKind>?
            /// What is written on it, if it is a card.
            package let text: String?

            package init(kinds: Set<MediaKind>?, text: String? = nil) {
                self.kinds = kinds
                self.text = text
            }
        }

        package var hasAttachments: Bool { !attachments.isEmpty }

        /// What is written on its cards; nil where it shows none, or none whose words are told.
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
    /// Their full name, where the platform tells it.
    package let name: String?
    package let updatedAt: Instant
    /// The latest ones of both sides.
    package let messages: [Message]
    /// All that was written behind this moment is in `messages`.
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
    /// What the person wrote, the oldest first.
    private var written: [Message] {
        messages.filter(\.isFromPerson).sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    }

    /// What is to be known of somebody who wrote before dripd was there: enough to write to them only where that is allowed.
    /// - Parameter optOut: by which messages people say that they want nothing more.
    /// - Parameter since: what was written until then does not count.
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
            // Who wrote on after it has changed their mind, as far as we can tell.
            lastWord: last.text.map { optOut.reading(of: Phrase(message: $0)) } ?? .none
        )
    }

    /// What the person wrote in a span of time, as the events that no webhook may have brought: they have the same keys, so that
    /// one that did come changes nothing.
    package func events(on page: String, from: Instant, until: Instant) -> [(event: Event, at: Instant)] {
        written.filter { $0.at >= from && $0.at < until }.map { message in
            let event = Event(
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

/// Somebody who has written to the page.
package struct Contact: Hashable, Sendable {
    package let address: String
    package let attributes: [String: String]
    /// The oldest of their messages that the platform still tells: there may have been earlier ones.
    package let firstWroteAt: Instant
    package let lastWroteAt: Instant
    /// What the last message says about further ones.
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
