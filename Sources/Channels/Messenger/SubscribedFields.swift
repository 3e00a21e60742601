/// The webhook fields that a page's apps are subscribed to. Which of several apps is ours, the answer does not tell: a page that
/// one of them reads completely is taken to be subscribed.
package struct SubscribedFields: Hashable, Sendable {
    package let apps: [Set<String>]

    package init(apps: [Set<String>]) {
        self.apps = apps
    }

    /// What the app that has most of it lacks.
    package func missing(of fields: [WebhookField]) -> [WebhookField] {
        let lacks = apps.map { app in fields.filter { !app.contains($0.rawValue) } }
        return lacks.min { $0.count < $1.count } ?? fields
    }

    /// What to subscribe to, so that nothing is missing: the platform replaces what an app had. One app is ours, and keeps it.
    package func renewed(with fields: [WebhookField]) -> [String] {
        let kept = apps.count == 1 ? apps[0] : []
        return kept.union(fields.map(\.rawValue)).sorted()
    }
}
