package import DripCore
package import Foundation

/// A request to import the people of a file, all or none. In JSON they are a `PeopleTable`.
package struct ImportRequest: Codable, Sendable {
    package let people: [PersonRecord]
    /// The sequence to enroll them in; nil for none.
    package let sequence: String?
    /// True for a dry run: nothing changes, and the report says what would.
    package let isTrial: Bool

    package init(people: [PersonRecord], sequence: String?, isTrial: Bool) {
        self.people = people
        self.sequence = sequence
        self.isTrial = isTrial
    }

    private enum CodingKeys: CodingKey {
        case people, sequence, isTrial
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard let people = try values.decode(PeopleTable.self, forKey: .people).people else {
            let why = "the columns differ in length"
            throw DecodingError.dataCorruptedError(forKey: .people, in: values, debugDescription: why)
        }
        for case let why? in people.lazy.map(\.flaw) {
            throw DecodingError.dataCorruptedError(forKey: .people, in: values, debugDescription: why)
        }
        self.people = people
        sequence = try values.decodeIfPresent(String.self, forKey: .sequence)
        isTrial = try values.decode(Bool.self, forKey: .isTrial)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(PeopleTable(people), forKey: .people)
        try values.encodeIfPresent(sequence, forKey: .sequence)
        try values.encode(isTrial, forKey: .isTrial)
    }
}

/// What an import did, or would do.
package struct ImportReport: Codable, Hashable, Sendable {
    package var people = 0
    /// People who were unknown.
    package var added = 0
    /// Known people whose data changed.
    package var changed = 0
    /// Tags that people did not have before.
    package var tagged = 0
    /// Tags that people did not get because they have the most that a person may have.
    package var tagsLeftOut = 0
    /// Enrollments that were ended by a tag, by a stop, or by a sequence that started.
    package var ended = 0
    /// People who get nothing more from now on.
    package var stopped = 0
    /// People whose messages are paused from now on, until an operator decides.
    package var paused = 0
    package var enrolled = 0
    /// Enrolled people whose standard window is closed.
    package var windowClosed = 0
    /// People who were not enrolled: they have been through the sequence or are under way in it, get nothing more, or
    /// are on a page that it is not for.
    package var notEnrolled = 0
    /// People who were skipped because they were erased at their request: they come back only by writing.
    package var forgotten = 0

    package static func + (left: ImportReport, right: ImportReport) -> ImportReport {
        var sum = left
        sum.people += right.people
        sum.added += right.added
        sum.changed += right.changed
        sum.tagged += right.tagged
        sum.tagsLeftOut += right.tagsLeftOut
        sum.ended += right.ended
        sum.stopped += right.stopped
        sum.paused += right.paused
        sum.enrolled += right.enrolled
        sum.windowClosed += right.windowClosed
        sum.notEnrolled += right.notEnrolled
        sum.forgotten += right.forgotten
        return sum
    }

    package init() {}
}

/// An import that the daemon has read and not yet applied.
package struct PreparedRequest: Codable, Sendable {
    package let id: UUID

    package init(id: UUID) {
        self.id = id
    }
}
