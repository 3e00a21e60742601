/// How far the last edit of a sequence has been applied to the people under way in it.
///
/// The edited file is in force for everybody at once. The jobs of a million enrollments are brought into line with it in the
/// order of their numbers, a slice at a time.
package struct EditCursor: Hashable, Sendable {
    /// Enrollments up to this one are in line.
    package let applied: EnrollmentID
    /// Enrollments after this one began by the edited file.
    package let last: EnrollmentID

    package init(applied: EnrollmentID, last: EnrollmentID) {
        self.applied = applied
        self.last = last
    }
}

extension Catalog {
    /// Whether an enrollment's job may still be what the file before the last edit made of it. Such a job is brought into line
    /// before anything is decided over it.
    package func isBehindEdit(_ enrollment: Enrollment) -> Bool {
        guard !edits.isEmpty, let cursor = edits[enrollment.sequence] else { return false }
        return enrollment.id.rawValue > cursor.applied.rawValue && enrollment.id.rawValue <= cursor.last.rawValue
    }
}
