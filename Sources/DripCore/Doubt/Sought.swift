/// What a message in doubt would look like in its conversation.
package enum Sought: Hashable, Sendable {
    /// - Parameter hasButtons: it went as a template then, and of those it is not documented how they are shown.
    case text(String, hasButtons: Bool)
    /// Pictures, a video, a sound or a file.
    case media
    /// Not known, or not documented.
    case anything
}

extension Catalog {
    /// What the part in doubt looked like.
    /// - Parameter sequence: the version that it was made from; nil: it is not understood any more.
    package func sought(by doubt: Doubt, in sequence: DripSequence?) -> Sought {
        guard doubt.permission != .utilityTemplate, let sequence, let step = sequence.step(doubt.step) else {
            return .anything
        }
        let body = body(of: step, for: doubt.person, round: doubt.enrollment.round, in: sequence)
        // What is known of the person may have changed since, and a file beside the sequence: then it was another text.
        guard body.hash == doubt.bodyHash, doubt.part < body.parts.count else { return .anything }
        switch body.parts[doubt.part].content {
        case .text(let text, let buttons): return .text(text, hasButtons: !buttons.isEmpty)
        case .images, .video, .audio, .file: return .media
        case .cards, .template: return .anything
        }
    }
}

extension Sought {
    enum Likeness {
        case same
        /// It cannot be told.
        case perhaps
        case other
    }

    /// Whether a message that the page wrote is the one that is sought.
    func likeness(to message: Conversation.Message) -> Likeness {
        switch (self, message.text) {
        case (.anything, _): return .perhaps
        case (.text(_, hasButtons: false), nil): return message.hasAttachments ? .other : .perhaps
        case (_, nil): return .perhaps
        case (.media, .some): return message.hasAttachments ? .perhaps : .other
        case (.text(let own, let hasButtons), .some(let shown)):
            if Self.words(own) == Self.words(shown) { return .same }
            // The platform may have cut it, or left out what it does not show.
            let (own, shown) = (Self.letters(own), Self.letters(shown))
            if own.hasPrefix(shown) || shown.hasPrefix(own) { return .perhaps }
            return hasButtons && message.hasAttachments ? .perhaps : .other
        }
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
