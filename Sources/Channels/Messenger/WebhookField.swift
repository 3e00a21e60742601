/// A webhook field that dripd reads. Source: "Webhooks", section "Event notifications".
package enum WebhookField: String, CaseIterable, Sendable {
    case messages
    case postbacks = "messaging_postbacks"
    case referrals = "messaging_referrals"
    case echoes = "message_echoes"
    case reactions = "message_reactions"
    case optIns = "messaging_optins"
    case deliveries = "message_deliveries"
    case reads = "message_reads"
    case policy = "messaging_policy_enforcement"
    case standby
    case comments = "feed"

    /// Without it dripd does not work at all.
    package var isEssential: Bool { self == .messages || self == .postbacks }

    /// What is lost without it.
    package var loss: String {
        switch self {
        case .messages: "nobody's messages come in"
        case .postbacks: "nobody's taps on buttons come in"
        case .referrals: "people who come through a link into a conversation that they had are not noticed"
        case .echoes: "nobody sees when the team writes by hand, and doubts don't end by themselves"
        case .reactions: "a reaction does not open the window"
        case .optIns: "what people allow beforehand is not noticed"
        case .deliveries: "nobody sees what arrived"
        case .reads: "nobody sees what was read"
        case .policy: "the platform's warnings and restrictions are not noticed"
        case .standby: "what people write while another app holds the conversation is not noticed"
        case .comments: "comments start no sequence"
        }
    }

    /// What a page has to be subscribed to.
    /// - Parameter comments: whether a sequence starts by them.
    package static func read(comments: Bool) -> [WebhookField] {
        allCases.filter { comments || $0 != .comments }
    }
}
