/// A rule that enrolls a person.
package enum StartRule: Hashable, Sendable {
    /// The person's first message ever to the page.
    case firstMessage
    /// An m.me link, an ad or a postback that carries this `ref`.
    case ref(String)
    /// A message that says one of these phrases and nothing else.
    case message([Phrase])
    /// A comment on a post of the page: the first step answers it as a private reply.
    case comment(CommentRule)
    /// A tap on a button with this payload, such as Get Started.
    case postback(String)
    /// The person gets this tag.
    case tag(String)
    /// Only by hand: `dripd people enroll`.
    case manual
}

extension StartRule: CustomStringConvertible {
    package var description: String {
        switch self {
        case .firstMessage: "first_message"
        case .ref(let ref): "ref: \(ref)"
        case .message(let phrases): "message: \(phrases.map { "'\($0.text)'" }.joined(separator: " or "))"
        case .comment(let rule): "comment: \(rule)"
        case .postback(let payload): "postback: \(payload)"
        case .tag(let tag): "tag: \(tag)"
        case .manual: "manual"
        }
    }
}

/// The comments that start a sequence.
package struct CommentRule: Hashable, Sendable {
    /// The comment must contain one of these texts; case and the encoding of accents do not count. Empty if it may say
    /// anything.
    package let contains: [Phrase]
    /// The post that the comment must be on; nil for any post of the page.
    package let post: String?

    package init(contains: [Phrase], post: String?) {
        self.contains = contains
        self.post = post
    }

    /// Returns whether the comment starts the sequence.
    /// - Parameter words: the comment's text.
    func matches(_ comment: Comment, saying words: EventWords) -> Bool {
        guard post == nil || post == comment.post else { return false }
        guard !contains.isEmpty else { return true }
        return contains.contains { words.contain($0) }
    }
}

extension CommentRule: CustomStringConvertible {
    package var description: String {
        [
            contains.isEmpty ? nil : "contains \(contains.map { "'\($0.text)'" }.joined(separator: " or "))",
            post.map { "post \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
    }
}

/// Whether a start rule enrolls a person who has been through the sequence before. A person who is under way is never
/// enrolled a second time.
package enum ReenrollmentRule: Hashable, Sendable {
    case never
    case always
    /// If at least this much time has passed since the previous start.
    case after(Offset)
}

extension ReenrollmentRule: CustomStringConvertible {
    /// As a sequence file writes it.
    package var description: String {
        switch self {
        case .never: "never"
        case .always: "always"
        case .after(let offset): "after \(offset)"
        }
    }
}

/// A rule that ends an enrollment before its last step. An opt-out always does, whether the file says so or not.
package enum StopRule: Hashable, Sendable {
    case optedOut
    /// The person gets this tag.
    case tag(String)
    /// The person writes, or taps a button, after they were enrolled.
    case replied
    /// The person starts this other sequence.
    case sequence(String)
}

extension StopRule: CustomStringConvertible {
    package var description: String {
        switch self {
        case .optedOut: "opted_out"
        case .tag(let tag): "tag: \(tag)"
        case .replied: "replied"
        case .sequence(let sequence): "sequence: \(sequence)"
        }
    }
}
