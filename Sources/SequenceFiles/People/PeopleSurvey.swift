package import DripCore

/// The result of checking a whole file of people.
package struct PeopleSurvey: Sendable {
    package let count: Int
    /// The first errors, in file order. If there are any, no person of the file may be imported.
    package let errors: [Diagnostic]
    /// The number of further errors.
    package let moreErrors: Int
    /// The warnings about values that may not be what was meant: one of each kind.
    package let warnings: [Diagnostic]
    /// One person of each of the first pages, and the person with the latest time. If the daemon refuses any person of the file,
    /// it refuses one of these.
    package let examples: [PersonRecord]
    let order: TimeCell.Order?
    let stamp: ByteSource.Stamp?
}

extension PeopleFile {
    /// Checks the whole file.
    package func survey() -> PeopleSurvey {
        var reader = PeopleFileReader(self, order: nil)
        var stamp: ByteSource.Stamp?
        do {
            stamp = try source.stamp()
        } catch {
            reader.problems.add(nil, error.reason)
        }
        var survey = survey(&reader, stamp)
        // So far, ambiguous dates were read in the default order.
        if survey.errors.isEmpty, survey.order == .monthFirst {
            reader = PeopleFileReader(self, order: .monthFirst)
            survey = self.survey(&reader, stamp)
        }
        return survey
    }

    private func survey(_ reader: inout PeopleFileReader, _ stamp: ByteSource.Stamp?) -> PeopleSurvey {
        var count = 0
        var pages: Set<String?> = []
        var examples: [PersonRecord] = []
        var latest: PersonRecord?
        // The line of each person, by a hash of page and address: a million addresses would take ten times the memory.
        var lines: [Int: Int] = [:]
        while let (person, place) = reader.next() {
            count += 1
            if let earlier = lines.updateValue(person.line, forKey: person.identity) {
                reader.problems.add(
                    place,
                    "duplicate id \(person.address); the first is on line \(earlier)"
                )
            }
            if pages.count < Self.mostExamples, pages.insert(person.page).inserted { examples.append(person) }
            if person.latest > latest?.latest ?? .distantPast { latest = person }
        }
        let order = reader.settleOrder()
        return PeopleSurvey(
            count: count,
            errors: reader.problems.first,
            moreErrors: reader.problems.count - reader.problems.first.count,
            warnings: reader.warnings(of: count),
            examples: examples + (latest.map { [$0] } ?? []),
            order: order,
            stamp: stamp
        )
    }

    /// Returns the people of a file in which the survey found no errors.
    package func parts(after survey: PeopleSurvey) -> PeopleParts {
        PeopleParts(file: self, survey: survey)
    }
}

/// A file's people in file order, one part at a time.
package struct PeopleParts {
    private let file: PeopleFile
    private let survey: PeopleSurvey
    private var reader: PeopleFileReader
    private var count = 0

    init(file: PeopleFile, survey: PeopleSurvey) {
        self.file = file
        self.survey = survey
        reader = PeopleFileReader(file, order: survey.order)
    }

    /// Returns the next people; empty at the end.
    /// - Throws: a `Diagnostic` if the file has changed since it was checked.
    package mutating func next(limit: Int) throws(Diagnostic) -> [PersonRecord] {
        var people: [PersonRecord] = []
        people.reserveCapacity(min(limit, survey.count - count))
        while people.count < limit, let (person, _) = reader.next() { people.append(person) }
        count += people.count
        let isAtEnd = people.count < limit
        guard reader.problems.count == 0, isUnchanged, isAtEnd ? count == survey.count : count <= survey.count else {
            throw Diagnostic(
                file: file.path,
                place: nil,
                severity: .error,
                message: "changed while it was imported: run the same command again"
            )
        }
        return people
    }

    private var isUnchanged: Bool {
        guard let stamp = try? file.source.stamp() else { return false }
        return stamp == survey.stamp
    }
}

extension PersonRecord {
    fileprivate var identity: Int {
        var hasher = Hasher()
        hasher.combine(page)
        hasher.combine(address)
        return hasher.finalize()
    }

    /// The latest of its times.
    fileprivate var latest: Instant {
        [firstMessageAt, lastMessageAt, stoppedAt, pausedAt].compactMap(\.self).max() ?? .distantPast
    }
}
