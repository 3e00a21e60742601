package import DripCore

/// A job's place in the order in which jobs are taken: by due time, over all lanes. Of those that are due at one moment by
/// enrollment: they are neighbours in the tables then, and a transaction writes few pages.
package struct JobOrder: Hashable, Comparable, Sendable {
    package let due: Instant
    package let enrollment: EnrollmentID

    /// Behind all jobs: of a lane that has none.
    package static let never = JobOrder(due: .distantFuture, enrollment: EnrollmentID(rawValue: .max))

    package static func < (one: JobOrder, other: JobOrder) -> Bool {
        one.due == other.due ? one.enrollment.rawValue < other.enrollment.rawValue : one.due < other.due
    }
}
