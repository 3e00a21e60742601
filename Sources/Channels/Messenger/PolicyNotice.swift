package import DripCore
import Foundation

/// "Policy enforcement": the platform warns a page, blocks its messages or lets them through again. Source: "Webhook events"
/// reference; it spells the event's name with an underscore, some of its samples with a hyphen.
package struct PolicyNotice: Hashable, Sendable, CustomStringConvertible {
    package let page: String
    private let action: String
    private let reason: String

    /// The event's name, as the intake counts it.
    package static let kinds = ["policy_enforcement", "policy-enforcement"]

    package var isOver: Bool { action == "unblock" }

    package var description: String {
        "policy enforcement: \(action)" + (reason.isEmpty ? "" : ": \(reason)")
    }

    /// nil for any other event. An action that nobody has heard of counts as a warning.
    package init?(_ event: Event) {
        guard Self.kinds.contains(event.kind.name), let body = event.body,
            let item = OutsideJSON.object(Array(body.utf8)),
            let notice = item[event.kind.name] as? [String: Any]
        else { return nil }
        page = event.page
        action = String((WebhookEnvelope.text(notice["action"]) ?? "warning").prefix(40))
        reason = String((WebhookEnvelope.text(notice["reason"]) ?? "").prefix(300))
    }
}
