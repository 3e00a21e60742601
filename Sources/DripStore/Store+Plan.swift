package import DripCore
import GRDB

/// A plan, and the people whom it touches, as far as they were asked for.
package struct PlanReport: Codable, Hashable, Sendable {
    package var plan: Plan
    package var people: [PersonPlan]
    /// People who are not in the list, since it was to be no longer.
    package var morePeople: Int
    /// Messages a second that each page may send, where that is known.
    package var rates: [String: Int] = [:]

    package init(plan: Plan, people: [PersonPlan], morePeople: Int) {
        self.plan = plan
        self.people = people
        self.morePeople = morePeople
    }
}

extension Store {
    /// What adopting a catalog would do. Changes nothing.
    /// - Parameter people: how many people to list at most.
    package func plan(_ catalog: Catalog, people: Int, now: Instant) async throws -> PlanReport {
        let before = self.catalog
        return try await read { db in
            try PlanReading.report(db, from: before, to: catalog, people: people, now: now)
        }
    }
}
