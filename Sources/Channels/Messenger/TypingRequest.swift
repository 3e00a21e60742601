import DripCore
import Foundation

/// The body that shows a person that the page writes. Source: Send API reference, "Sender actions": a request of its own, never
/// together with a message. That a persona may do it is not said there; programs that do are.
struct TypingRequest: Encodable {
    let recipient: SendRequest.Recipient
    let senderAction = "typing_on"
    let personaID: String?

    /// Later than this it would only come behind the message.
    static let timeLimits = HTTPTimeLimits(connectMilliseconds: 5_000, totalMilliseconds: 5_000, stallSeconds: 5)

    enum CodingKeys: String, CodingKey {
        case recipient
        case senderAction = "sender_action"
        case personaID = "persona_id"
    }

    init(to address: String, persona: String?) {
        recipient = SendRequest.Recipient(.person(address))
        personaID = persona
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
