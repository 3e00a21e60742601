import DripCore
import GRDB

extension Database {
    func set(subscriptions: [Subscription], of person: PersonID) throws {
        try run(
            "UPDATE person SET subscriptions = ? WHERE id = ?",
            [subscriptions.isEmpty ? nil : try JSONColumn.text(subscriptions), person]
        )
    }

    private func subscriptions(of person: PersonID) throws -> [Subscription] {
        let row = try row("SELECT subscriptions FROM person WHERE id = ?", [person])
        return try JSONColumn.read(row?["subscriptions"], or: [])
    }

    /// Uses a subscription, in the transaction that claims its message: whatever becomes of that, no other may count on it.
    /// - Returns: whether it still is as the decision found it.
    func use(_ subscription: Subscription, of person: PersonID, campaign: String?, now: Instant) throws -> Bool {
        var all = try subscriptions(of: person)
        guard let index = all.firstIndex(of: subscription) else { return false }
        all[index].usedAt = now
        all[index].usedBy = campaign
        try set(subscriptions: all, of: person)
        return true
    }

    /// Takes back the use of a subscription whose message has certainly not arrived.
    func giveBack(_ subscription: Subscription, to person: PersonID) throws {
        var all = try subscriptions(of: person)
        guard let index = all.firstIndex(where: { $0.token == subscription.token }) else { return }
        all[index] = subscription
        try set(subscriptions: all, of: person)
    }
}
