/// What a person does besides writing, reading and tapping.
package enum PersonAct: Sendable, Equatable {
    /// - Parameters:
    ///   - reaction: the platform's word, such as `love`.
    ///   - emoji: what is shown.
    case react(messageID: String, reaction: String, emoji: String)
    case unreact(messageID: String, reaction: String, emoji: String)
    /// Changes what they wrote.
    case edit(messageID: String, text: String)
    /// Takes back what they wrote.
    case unsend(messageID: String)
    /// Taps on what is in no message, such as the persistent menu.
    case postback(title: String, payload: String)
    /// Comes through an advertisement and, with a text, writes then.
    case advertisement(id: String, ref: String?, text: String?)
    /// Comes through the Send to Messenger plugin on a web site.
    case plugin(ref: String)
}
