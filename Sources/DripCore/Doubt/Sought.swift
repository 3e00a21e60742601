/// What a message in doubt would look like in its conversation.
package enum Sought: Codable, Hashable, Sendable {
    /// - Parameter hasButtons: it was sent as a template, and how those are shown is not documented.
    case text(String, hasButtons: Bool)
    /// So many pictures, or a video, a sound or a file.
    case media(MediaKind, count: Int)
    /// What is written on them, in their order.
    case cards([String])
    /// Not known, or not documented.
    case anything

    package init(_ part: MessagePart) {
        switch part.content {
        case .text(let text, let buttons): self = .text(text, hasButtons: !buttons.isEmpty)
        case .images(let images): self = .media(.image, count: images.count)
        case .video: self = .media(.video, count: 1)
        case .audio: self = .media(.audio, count: 1)
        case .file: self = .media(.file, count: 1)
        case .cards(let cards): self = .cards(cards.flatMap { [$0.title, $0.subtitle ?? ""] })
        case .template: self = .anything
        }
    }
}

extension Catalog {
    /// What the part in doubt looked like: what was kept of it or, where nothing was, what it would look like today.
    /// - Parameter sequence: the version that it was made from; nil: it is not understood any more.
    package func sought(by doubt: Doubt, in sequence: DripSequence?) -> Sought {
        if let expected = doubt.expected { return expected }
        guard doubt.permission != .utilityTemplate, let sequence else { return .anything }
        return sought(
            doubt.step,
            part: doubt.part,
            for: doubt.person,
            round: doubt.enrollment.round,
            bodyHash: doubt.bodyHash,
            in: sequence
        ) ?? .anything
    }

    /// What a part of a step looks like, if it is made today as it was then; otherwise nil: what is known of the person may
    /// have changed since, and a file beside the sequence.
    /// - Parameter bodyHash: of the step as it was then.
    package func sought(
        _ step: String,
        part: Int,
        for person: Person,
        round: Int,
        bodyHash: String?,
        in sequence: DripSequence
    ) -> Sought? {
        guard let step = sequence.step(step) else { return nil }
        let body = body(of: step, for: person, round: round, in: sequence)
        guard body.hash == bodyHash, part < body.parts.count else { return nil }
        return Sought(body.parts[part])
    }
}

extension Sought {
    enum Likeness {
        case same
        /// It cannot be told.
        case perhaps
        case other
    }

    /// Whether the same look means the same message: a text says what it is, and two pictures may be of different things.
    var isUnmistakable: Bool {
        switch self {
        case .text, .cards: true
        case .media, .anything: false
        }
    }

    /// Whether a message that the page wrote is the one that is sought.
    func likeness(to message: Conversation.Message) -> Likeness {
        switch self {
        case .anything: return .perhaps
        case .text(let own, let hasButtons):
            guard let shown = message.text ?? message.cardText else {
                return !hasButtons && message.hasAttachments ? .other : .perhaps
            }
            return Self.compare(own, shown) ?? (hasButtons && message.hasAttachments ? .perhaps : .other)
        case .media(let kind, let count):
            if message.text != nil { return message.hasAttachments ? .perhaps : .other }
            // Some pictures may be shown as messages of their own.
            guard message.hasAttachments, message.attachments.allSatisfy({ $0.kinds != nil }) else { return .perhaps }
            guard message.attachments.allSatisfy({ $0.kinds?.contains(kind) ?? false }) else { return .other }
            // A picture is no document, unless it was sent as one.
            let isCertain =
                kind != .file
                || message.attachments.allSatisfy { $0.kinds?.isDisjoint(with: [.image, .video]) ?? false }
            return isCertain && message.attachments.count == count ? .same : .perhaps
        case .cards(let texts):
            guard let shown = message.cardText else { return .perhaps }
            return Self.compare(texts.joined(separator: " "), shown) ?? .other
        }
    }

    /// nil: the one is not the other, and no beginning of it.
    private static func compare(_ own: String, _ shown: String) -> Likeness? {
        if words(own) == words(shown) { return .same }
        // The platform may have cut it, or left out what it does not show.
        let (own, shown) = (letters(own), letters(shown))
        return own.hasPrefix(shown) || shown.hasPrefix(own) ? .perhaps : nil
    }

    /// White space does not count, and Swift compares text by canonical equivalence: both of Unicode's forms of an accent are
    /// equal.
    private static func words(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isWhitespace)
    }

    private static func letters(_ text: String) -> String {
        text.filter { $0.isLetter || $0.isNumber }.lowercased()
    }
}
