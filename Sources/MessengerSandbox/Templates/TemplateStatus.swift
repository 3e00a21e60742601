/// What the platform thinks of a template. Of these, the pages that describe utility messages show the first.
package enum TemplateStatus: String, Sendable, CaseIterable {
    case approved = "APPROVED"
    case pending = "PENDING"
    case rejected = "REJECTED"
    case disabled = "DISABLED"
}
