/// Whom a call of the Send API is to reach.
enum Recipient: Sendable, Equatable {
    /// A page-scoped id.
    case person(String)
    /// Whoever wrote this comment: a private reply.
    case comment(String)
    /// Whoever tapped on "Notify Me".
    case oneTimeToken(String)

    /// Exactly one of the forms.
    init(_ recipient: JSON?) throws(GraphError) {
        guard let recipient else { throw .parameter("The parameter recipient is required") }
        guard case .object(let members) = recipient, members.count == 1, let member = members.first else {
            throw .parameter("Param recipient must have exactly one of {\(Self.names.joined(separator: ", "))}")
        }
        guard Self.names.contains(member.name) else {
            throw .parameter(
                "The sandbox knows no recipient[\(member.name)], but {\(Self.names.joined(separator: ", "))}"
            )
        }
        guard let id = member.value.string ?? member.value.integer.map({ String($0) }), !id.isEmpty else {
            throw .parameter("Param recipient[\(member.name)] must be a string")
        }
        switch member.name {
        case "comment_id": self = .comment(id)
        case "one_time_notif_token": self = .oneTimeToken(id)
        default: self = .person(id)
        }
    }

    private static let names = ["id", "comment_id", "one_time_notif_token"]
}
