/// To whom it is shown that the page writes, before a message comes.
package struct Typing: Hashable, Sendable {
    /// The person's.
    package let address: String
    /// As whom it writes; nil: as the page does.
    package let persona: String?

    package init(address: String, persona: String?) {
        self.address = address
        self.persona = persona
    }
}
