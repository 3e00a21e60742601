/// What a sequence is for: decides which rules of the platform and of the law apply to its messages.
package enum Purpose: String, CaseIterable, Hashable, Sendable {
    case care
    case promotion
    case transaction
}
