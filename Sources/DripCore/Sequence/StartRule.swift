/// What enrols a person.
package enum StartRule: Hashable, Sendable {
    /// The person's first message ever to the page.
    case firstMessage
    /// An m.me link, an ad or a postback that carries this `ref`.
    case ref(String)
    /// Only by hand: `dripd people enroll`.
    case manual
}
