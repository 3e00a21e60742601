/// Somebody in whose name the page writes: https://developers.facebook.com/docs/messenger-platform/send-messages/personas
struct Persona: Sendable {
    static let nameLimit = 50

    let id: String
    let name: String
    let pictureURL: String
}
