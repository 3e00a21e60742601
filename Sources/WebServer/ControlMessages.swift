package import DripCore
package import DripStore
import Foundation

/// Orders to the control API, and its answers where they are not the store's own values.
package struct PeopleOrder: Codable, Sendable {
    package let filter: PeopleFilter
    package let from: PeoplePlace
    /// At most so many in the answer; fewer than that does not mean that there are no more.
    package let limit: Int

    package init(filter: PeopleFilter, from place: PeoplePlace, limit: Int) {
        self.filter = filter
        from = place
        self.limit = limit
    }
}

package struct PeopleSearchOrder: Codable, Sendable {
    /// A name or a number.
    package let text: String
    /// Where the part before stopped.
    package let before: PersonID?
    /// At most so many in the answer.
    package let limit: Int

    package init(text: String, before: PersonID?, limit: Int) {
        self.text = text
        self.before = before
        self.limit = limit
    }
}

/// The zone in which the daemon's operators read times.
package struct ZoneAnswer: Codable, Sendable {
    package let zone: String
}

package struct EnrollOrder: Codable, Sendable {
    package let person: String
    package let sequence: String
    package let again: Bool

    package init(person: String, sequence: String, again: Bool) {
        self.person = person
        self.sequence = sequence
        self.again = again
    }
}

package struct EnrollAnswer: Codable, Sendable {
    /// The first step and when it is due; nil where the sequence has no step to give.
    package let step: String?
    package let due: Instant?

    init(first: DueStep?) {
        step = first?.step.id
        due = first?.due
    }
}

package struct TagOrder: Codable, Sendable {
    package let people: [String]
    package let tag: String

    package init(people: [String], tag: String) {
        self.people = people
        self.tag = tag
    }
}

/// People whom the daemon has read and not taken yet.
package struct ReadyOrder: Codable, Sendable {
    let id: UUID
}

package struct StopOrder: Codable, Sendable {
    package let person: String
    /// nil: the person gets nothing more at all.
    package let sequence: String?

    package init(person: String, sequence: String?) {
        self.person = person
        self.sequence = sequence
    }
}

package struct StopAnswer: Codable, Sendable {
    /// The sequences that ended.
    package let stopped: [String]
}

package struct ResumeOrder: Codable, Sendable {
    package let person: String
    /// Why their stop or pause is taken back: it is kept.
    package let reason: String

    package init(person: String, reason: String) {
        self.person = person
        self.reason = reason
    }
}

package struct ForgetOrder: Codable, Sendable {
    package let person: String

    package init(person: String) {
        self.person = person
    }
}

package struct ResolveOrder: Codable, Sendable {
    package let person: String
    package let sequence: String
    package let step: String
    package let resolution: Resolution

    package init(person: String, sequence: String, step: String, resolution: Resolution) {
        self.person = person
        self.sequence = sequence
        self.step = step
        self.resolution = resolution
    }
}

package struct ApplyOrder: Codable, Sendable {
    /// The plan that the operator has seen; nil: whatever the files do.
    package let plan: String?

    package init(plan: String?) {
        self.plan = plan
    }
}

package struct AdoptStateOrder: Codable, Sendable {
    /// Also what may have been sent already.
    package let sendMissed: Bool

    package init(sendMissed: Bool) {
        self.sendMissed = sendMissed
    }
}

/// Why an order was not carried out.
package struct ControlRefusal: Codable, Sendable {
    package let error: String
}

package struct EditAnswer: Codable, Sendable {
    /// How far the last edit has been applied to the people under way; nil where there was none.
    package let edit: AdoptionReport?

    init(edit: AdoptionReport?) {
        self.edit = edit
    }
}
