/// Whom a message is addressed to.
package enum Recipient: Hashable, Sendable {
    /// The person, by their address on the channel.
    case person(String)
    /// Whoever wrote this comment: a private reply. The answer tells their address.
    case comment(String)
}

extension Claim {
    package var recipient: Recipient {
        if dispatch.permission == .privateReply, let comment = job.enrollment.comment { return .comment(comment) }
        return .person(job.person.address)
    }
}
