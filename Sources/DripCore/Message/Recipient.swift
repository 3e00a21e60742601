/// Whom a message is addressed to.
package enum Recipient: Hashable, Sendable {
    /// The person, by their address on the channel.
    case person(String)
    /// Whoever wrote this comment: a private reply. The answer tells their address.
    case comment(String)
    /// Whoever asked to be notified once, by the token that the platform gave for it.
    case oneTime(token: String)
    /// Whoever subscribed to paid messages, as part of a campaign.
    case marketing(token: String)
}

extension Claim {
    package var recipient: Recipient {
        if dispatch.permission == .privateReply, let comment = job.enrollment.comment { return .comment(comment) }
        switch (dispatch.permission, dispatch.subscription) {
        case (.oneTime, let subscription?): return .oneTime(token: subscription.token)
        case (.marketing, let subscription?): return .marketing(token: subscription.token)
        default: return .person(job.person.address)
        }
    }
}
