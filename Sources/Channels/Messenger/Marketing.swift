import DripCore
import Foundation

/// The ad account with which a page sends paid messages.
package struct MarketingAccount: Hashable, Sendable {
    /// The ad account's number, without `act_`.
    package let adAccount: String
    /// The platform's `message_id` of the campaign.
    package let campaign: String
    /// The access token of a system user.
    package let token: String

    package init(adAccount: String, campaign: String, token: String) {
        self.adAccount = adAccount
        self.campaign = campaign
        self.token = token
    }
}

/// The body of a Marketing Message API call: `POST {graph_url}/act_{AD_ACCOUNT_ID}/messages`. Source: "Marketing Message API
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

    /// - Throws: an error if a file has not been uploaded.
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
