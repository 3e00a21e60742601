package import DripCore

/// The past and future messages of a person, with reasons, as `dripd explain` shows them.
package struct Explanation: Codable, Hashable, Sendable {
    /// The time of the report.
    package var now: Instant
    package var person: PersonSummary
    /// The person's own time zone, or the configured one.
    package var zone: String
    /// The reason why their page is not sending; nil if it is.
    package var pageTrouble: String?
    /// Sorted by their start.
    package var enrollments: [EnrollmentExplanation]

    package init(
        now: Instant,
        person: PersonSummary,
        zone: String,
        pageTrouble: String? = nil,
        enrollments: [EnrollmentExplanation]
    ) {
        self.now = now
        self.person = person
        self.zone = zone
        self.pageTrouble = pageTrouble
        self.enrollments = enrollments
    }
}

/// One enrollment with its forecast.
package struct EnrollmentExplanation: Codable, Hashable, Sendable {
    package var enrollment: EnrollmentDetail
    /// The time zone of its times of day, quiet hours and days.
    package var zone: String
    /// The pinned version of the sequence; nil if the enrollment follows the file.
    package var pinnedTo: String?
    /// nil if the enrollment has ended.
    package var forecast: Forecast?

    package init(enrollment: EnrollmentDetail, zone: String, pinnedTo: String? = nil, forecast: Forecast? = nil) {
        self.enrollment = enrollment
        self.zone = zone
        self.pinnedTo = pinnedTo
        self.forecast = forecast
    }
}
