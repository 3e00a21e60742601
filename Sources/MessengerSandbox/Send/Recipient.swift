/// Whom a call of the Send API is to reach.
enum Recipient: Sendable, Equatable {
    /// A page-scoped id.
    case person(String)
    /// Whoever wrote this comment: a private reply.
    case comment(String)

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
        self = member.name == "id" ? .person(id) : .comment(id)
    }

    private static let names = ["id", "comment_id"]
}
