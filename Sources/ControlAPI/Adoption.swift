package import DripCore

/// The outcome of a reload.
package enum ReloadOutcome: Codable, Hashable, Sendable {
    case adopted(AdoptionReport)
    /// The files were refused, and those in force stay in force. One line for each problem.
    case refused([String])
}

/// The outcome of a reload, and the changes that it leaves to a restart.
package struct ReloadReport: Codable, Hashable, Sendable {
    package let outcome: ReloadOutcome
    /// The changes on the disk that only a restart puts in force, one line each.
    package let pending: [String]

    package init(outcome: ReloadOutcome, pending: [String]) {
        self.outcome = outcome
        self.pending = pending
    }
}

package struct ApplyRequest: Codable, Sendable {
    /// The plan that the operator has reviewed; nil: apply the files, whatever they change.
    package let plan: String?

    package init(plan: String?) {
        self.plan = plan
    }
}

package struct EditAnswer: Codable, Sendable {
    /// How far the last edit has been applied to the people under way; nil if there was none.
    package let edit: AdoptionReport?

    package init(edit: AdoptionReport?) {
        self.edit = edit
    }
}

/// The effects of an adoption on the people under way.
package struct AdoptionReport: Codable, Hashable, Sendable {
    package var added: [String] = []
    package var changed: [String] = []
    package var removed: [String] = []
    /// Enrollments whose next step or due time changed.
    package var moved = 0
    /// Enrollments that ended because no step follows any more.
    package var finished = 0
    /// Finished enrollments that get an appended step.
    package var reopened = 0
    /// Enrollments that are held because their sequence is in no file any more.
    package var held = 0
    /// Whether the edit has been applied to all people under way. Until then the counts grow.
    package var isComplete = true
    /// The share of them that is done, from 0 to 1.
    package var share = 1.0

    package init(
        added: [String] = [],
        changed: [String] = [],
        removed: [String] = [],
        moved: Int = 0,
        finished: Int = 0,
        reopened: Int = 0,
        held: Int = 0,
        isComplete: Bool = true,
        share: Double = 1
    ) {
        self.added = added
        self.changed = changed
        self.removed = removed
        self.moved = moved
        self.finished = finished
        self.reopened = reopened
        self.held = held
        self.isComplete = isComplete
        self.share = share
    }
}

/// A change of the sequences in force, as `dripd history` lists it.
package struct AdoptionRecord: Codable, Hashable, Sendable {
    package enum Change: String, Codable, Sendable {
        case added
        case changed
        case removed
    }

    package var at: Instant
    package var sequence: String
    package var change: Change
    /// SHA-256 of the file; nil for a sequence that was removed.
    package var hash: String?
    package var file: String?
    package var commit: String?

    package init(
        at: Instant,
        sequence: String,
        change: Change,
        hash: String? = nil,
        file: String? = nil,
        commit: String? = nil
    ) {
        self.at = at
        self.sequence = sequence
        self.change = change
        self.hash = hash
        self.file = file
        self.commit = commit
    }
}

/// A file as it was in force.
package struct VersionFile: Codable, Hashable, Sendable {
    package var hash: String
    package var sequence: String
    package var content: String

    package init(hash: String, sequence: String, content: String) {
        self.hash = hash
        self.sequence = sequence
        self.content = content
    }
}

/// A request for a plan, with the files as the client has them.
package struct PlanRequest: Codable, Sendable {
    package struct File: Codable, Sendable {
        package let path: String
        package let content: String
        /// The hashes of the files beside it that its steps send, by path.
        package let media: [String: String]

        package init(path: String, content: String, media: [String: String] = [:]) {
            self.path = path
            self.content = content
            self.media = media
        }
    }

    package let files: [File]
    /// True if there are to be no other files; false if the sequences in force that they do not name stay.
    package let isWhole: Bool
    /// The most people to list.
    package let people: Int

    package init(files: [File], isWhole: Bool, people: Int) {
        self.files = files
        self.isWhole = isWhole
        self.people = people
    }
}

/// A plan, and the people that it affects, up to the requested number.
package struct PlanReport: Codable, Hashable, Sendable {
    package var plan: Plan
    package var people: [PersonPlan]
    /// The number of affected people beyond the end of the list.
    package var morePeople: Int
    /// The messages per second that each page may send, if known.
    package var rates: [String: Int] = [:]

    package init(plan: Plan, people: [PersonPlan], morePeople: Int) {
        self.plan = plan
        self.people = people
        self.morePeople = morePeople
    }
}
