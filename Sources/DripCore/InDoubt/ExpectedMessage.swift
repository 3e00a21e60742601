/// The look that a message in doubt would have in its conversation.
package enum ExpectedMessage: Codable, Hashable, Sendable {
    /// - Parameter hasButtons: whether it was sent as a template, whose display is not documented.
    case text(String, hasButtons: Bool)
    /// A number of pictures, or one video, sound or file.
    case media(MediaKind, count: Int)
    /// The texts on the cards, in order.
    case cards([String])
    /// Unknown or undocumented: any message may match.
    case anything

    package init(_ part: MessagePart) {
        switch part.content {
        case .text(let text, let buttons): self = .text(text, hasButtons: !buttons.isEmpty)
        case .images(let images): self = .media(.image, count: images.count)
        case .video: self = .media(.video, count: 1)
        case .audio: self = .media(.audio, count: 1)
        case .file: self = .media(.file, count: 1)
        case .cards(let cards): self = .cards(cards.flatMap { [$0.title, $0.subtitle ?? ""] })
        case .template, .ofChannel: self = .anything
        }
    }
}

extension Catalog {
    /// Returns the look of the part in doubt: the stored one or, if none was stored, the look it would have today.
    /// - Parameter sequence: the version it was rendered from; nil if that can no longer be read.
    package func expectedMessage(of delivery: InDoubtDelivery, in sequence: DripSequence?) -> ExpectedMessage {
        if let expected = delivery.expected { return expected }
        guard delivery.permission != .utilityTemplate, let sequence else { return .anything }
        return expectedMessage(
            delivery.step,
            part: delivery.part,
            for: delivery.person,
            round: delivery.enrollment.round,
            bodyHash: delivery.bodyHash,
            in: sequence
        ) ?? .anything
    }

    /// Returns the look of a step's part, rendered today. nil if the step now differs from what was sent: the person's
    /// attributes or a media file may have changed since.
    /// - Parameter bodyHash: of the step as it was sent.
    package func expectedMessage(
        _ step: String,
        part: Int,
        for person: Person,
        round: Int,
        bodyHash: String?,
        in sequence: DripSequence
    ) -> ExpectedMessage? {
        guard let step = sequence.step(step) else { return nil }
        guard let body = body(of: step, for: person, round: round, in: sequence), body.hash == bodyHash,
            part < body.parts.count
        else { return nil }
        return ExpectedMessage(body.parts[part])
    }
}

extension ExpectedMessage {
    enum MatchQuality {
        case same
        /// The conversation does not show enough to decide.
        case perhaps
        case other
    }

    /// Whether the same look means the same message. A text identifies itself, but two pictures may differ.
    var isUnmistakable: Bool {
        switch self {
        case .text, .cards: true
        case .media, .anything: false
        }
    }

    /// Returns how well a message from the page matches the expected one.
    func matchQuality(to message: Conversation.Message) -> MatchQuality {
        switch self {
        case .anything: return .perhaps
        case .text(let own, let hasButtons):
            guard let shown = message.text ?? message.cardText else {
                return !hasButtons && message.hasAttachments ? .other : .perhaps
            }
            return Self.compare(own, shown) ?? (hasButtons && message.hasAttachments ? .perhaps : .other)
        case .media(let kind, let count):
            if message.text != nil { return message.hasAttachments ? .perhaps : .other }
            // The platform may show some of the pictures as separate messages.
            guard message.hasAttachments, message.attachments.allSatisfy({ $0.kinds != nil }) else { return .perhaps }
            guard message.attachments.allSatisfy({ $0.kinds?.contains(kind) ?? false }) else { return .other }
            // A picture or video may be a file that was sent as one, so it does not prove a match.
            let isCertain =
                kind != .file
                || message.attachments.allSatisfy { $0.kinds?.isDisjoint(with: [.image, .video]) ?? false }
            return isCertain && message.attachments.count == count ? .same : .perhaps
        case .cards(let texts):
            guard let shown = message.cardText else { return .perhaps }
            return Self.compare(texts.joined(separator: " "), shown) ?? .other
        }
    }

    /// Compares two texts. nil if they differ and neither is the beginning of the other.
    private static func compare(_ own: String, _ shown: String) -> MatchQuality? {
        if words(own) == words(shown) { return .same }
        // The platform may have cut the text, or left out characters that it does not show.
        let (own, shown) = (letters(own), letters(shown))
        return own.hasPrefix(shown) || shown.hasPrefix(own) ? .perhaps : nil
    }

    /// White space does not count. Swift compares text by canonical equivalence, so both of Unicode's forms of an
    /// accent are equal.
    private static func words(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isWhitespace)
    }

    private static func letters(_ text: String) -> String {
        text.filter { $0.isLetter || $0.isNumber }.lowercased()
    }
}
