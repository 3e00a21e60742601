/// The `tag` of a call with `messaging_type` MESSAGE_TAG.
/// https://developers.facebook.com/docs/messenger-platform/send-messages/message-tags
enum MessageTag: String, Sendable {
    case confirmedEventUpdate = "CONFIRMED_EVENT_UPDATE"
    case postPurchaseUpdate = "POST_PURCHASE_UPDATE"
    case accountUpdate = "ACCOUNT_UPDATE"
    case humanAgent = "HUMAN_AGENT"
    case customerFeedback = "CUSTOMER_FEEDBACK"
    case nonPromotionalSubscription = "NON_PROMOTIONAL_SUBSCRIPTION"

    /// The first three ended on 27 April 2026. The others need a review, which no app of the sandbox has passed.
    var refusal: GraphError {
        switch self {
        case .confirmedEventUpdate, .postPurchaseUpdate, .accountUpdate: .deadTag
        case .humanAgent, .customerFeedback, .nonPromotionalSubscription: .tagNotPermitted
        }
    }
}
