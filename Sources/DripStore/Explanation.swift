package import DripCore

/// Past and future of a person, with why: what `dripd explain` shows.
package struct Explanation: Codable, Hashable, Sendable {
    package struct Way: Codable, Hashable, Sendable {
        package var enrollment: EnrollmentDetail
        /// The zone that its times of day, quiet hours and days are of.
        package var zone: String
        /// The version that it goes by whatever the file says by now; nil: it follows the file.
        package var pinnedTo: String?
        /// nil for one that is over.
        package var forecast: Forecast?
    }

    /// The moment at which this was so.
    package var now: Instant
    package var person: PersonSummary
    /// The person's own zone, else the configured one.
    package var zone: String
    /// Why their page sends nothing for now; nil: it sends.
    package var pageTrouble: String?
    /// In the order in which they started.
    package var ways: [Way]
}
