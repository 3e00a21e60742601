import DripCore

/// How a simulation starts a sequence: by its first message if the file allows that, else by the first start that stands
/// there.
struct SimulatedStart {
    let rule: StartRule

    init(_ sequence: DripSequence) {
        rule = sequence.start.contains(.firstMessage) ? .firstMessage : sequence.start.first ?? .manual
    }

    /// What the person does.
    var event: Event.Kind {
        switch rule {
        case .firstMessage: .message(text: nil, payload: nil, ref: nil)
        case .ref(let ref): .message(text: nil, payload: nil, ref: ref)
        case .message(let phrases): .message(text: phrases.first?.text, payload: nil, ref: nil)
        case .comment(let rule):
            .comment(Comment(id: "1_1", post: rule.post, text: rule.contains.first?.text, author: nil))
        case .postback(let payload): .postback(payload: payload, ref: nil)
        // A quick reply gives it; that opens the standard window as every other tap does.
        case .tag(let tag): .message(text: nil, payload: Tap.tag(tag).description, ref: nil)
        // Enrolling by hand opens no window: somebody who never wrote would get nothing at all.
        case .manual: .message(text: nil, payload: nil, ref: nil)
        }
    }

    var isByHand: Bool { rule == .manual }

    /// A tag that the person has already starts nothing.
    func tags(of person: SimulatedPerson) -> Set<String> {
        guard case .tag(let tag) = rule else { return Set(person.tags) }
        return Set(person.tags).subtracting([tag])
    }
}
