import DripCore
import Foundation

/// The body of a call of the Marketing Message API: `POST {graph_url}/act_{AD_ACCOUNT_ID}/messages`. Source: "Marketing Message API
/// for Messenger", sending.
struct MarketingRequest: Encodable {
    struct Delivery: Encodable {
        let subscriptionToken: String

        enum CodingKeys: String, CodingKey {
            case subscriptionToken = "subscription_token"
        }
    }

    let campaign: String
    let delivery: Delivery
    let message: SendRequest.Message

    enum CodingKeys: String, CodingKey {
        case campaign = "message_id"
        case delivery = "messenger_delivery_data"
        case message
    }

    /// - Throws: where a file has not been uploaded.
    init(_ part: MessagePart, token: String, campaign: String, key: DeliveryKey) throws {
        self.campaign = campaign
        delivery = Delivery(subscriptionToken: token)
        message = try SendRequest(part, to: .marketing(token: token), key: key).message
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
