/// What enrols a person.
package enum StartRule: Hashable, Sendable {
    /// The person's first message ever to the page.
    case firstMessage
    /// An m.me link, an ad or a postback that carries this `ref`.
    case ref(String)
    /// A message that says one of these and nothing else.
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
