package import Foundation

/// What comes next for an enrollment.
package enum Following: Hashable, Sendable {
    case step(DueStep)
    /// It has had all that the sequence holds for it.
    case nothing
    /// Its sequence is in no file: it waits for the file to come back.
    case held
}

extension Catalog {
    /// What follows for an enrollment whose last step that is over stands at `position`. The ledger, an adoption of new
    /// files and a plan all ask here, so that a plan foretells what an adoption does.
    /// - Parameter over: the steps that the ledger holds, under the names that they had.
    package func following(
        _ enrollment: Enrollment,
        behind position: Span?,
        over: Set<String>,
        personZone: TimeZone?
    ) -> Following {
        guard let sequence = sequence(of: enrollment) else { return .held }
        let next = sequence.next(
            anchor: enrollment.anchor,
            position: position,
            over: over,
            zone: zone(for: personZone, in: sequence)
        )
        return next.map(Following.step) ?? .nothing
    }
}
