/// What the platform does to a page that broke its rules.
package enum PolicyAction: String, Sendable, CaseIterable {
    case warning
    case block
    case unblock
}
