package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Imports people from a file, a slice at a time. Repeating it changes nothing more: if the disk fails half-way,
    /// the same call imports the rest.
    /// - Parameters:
    ///   - people: records, each with the account of its page.
    ///   - sequence: enrols people who were never in this sequence; nil to enrol no one, whatever tags they get.
    ///   - isTrial: whether to report what would change, and change nothing.
    /// - Throws: `PersonError.unknownSequence`.
    package func importPeople(
        _ people: [(record: PersonRecord, account: AccountID)],
        enrollingIn sequence: String?,
        isTrial: Bool,
        now: Instant
    ) async throws -> ImportReport {
        var report = ImportReport()
        for slice in people.slices(of: WriteSlices.importedPeople) {
            report = report + (try await importPeople(slice: slice, enrollingIn: sequence, isTrial: isTrial, now: now))
        }
        return report
    }

    private func importPeople(
        slice people: [(record: PersonRecord, account: AccountID)],
        enrollingIn sequence: String?,
        isTrial: Bool,
        now: Instant
    ) async throws -> ImportReport {
        try await write(as: "import") { [self] db in
            let catalog = catalog
            let sequence = try sequence.map { id in
                guard let sequence = catalog[id] else { throw PersonError.unknownSequence(id) }
                return sequence
            }
            if let sequence { AuditedRequest.current?.concerns(sequence: sequence.id) }
            AuditedRequest.current?.concerns(people: people.count)
            var report = ImportReport()
            try db.inSavepoint {
                report = try IntakeTransaction.TransactionState.during(db, now: now) { shared in
                    var taking = try ImportTransaction(
                        intake: IntakeTransaction(
                            db: db,
                            instance: instance,
                            catalog: catalog,
                            now: now,
                            shared: shared
                        ),
                        sequence: sequence
                    )
                    for (record, account) in people { try taking.take(record, account) }
                    return try taking.end()
                }
                return isTrial ? .rollback : .commit
            }
            if !isTrial, report.stopped > 0 { try fence.countOptOut(db, now: now) }
            AuditedRequest.current?.changes(
                to: "\(report.added) new, \(report.enrolled) enrolled, \(report.stopped) stopped"
            )
            return report
        }
    }
}
