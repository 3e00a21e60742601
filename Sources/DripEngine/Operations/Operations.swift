package import ControlAPI
package import DripCore
package import DripStore
package import Foundation
package import Logging

/// The requests that an operator can make of a running daemon. The control API exposes them.
package struct Operations: Sendable {
    private let version: String
    let store: Store
    let limiters: LimiterTable
    let clock: any WallClock
    let logger: Logger
    private let adoptFiles: @Sendable (AdoptionCause) async -> ReloadOutcome
    private let beginSync: @Sendable (_ page: String?, SyncRequest) async throws -> Void
    private let listComments: @Sendable (_ post: String, _ page: String, _ after: String?) async -> PostedCommentsAnswer
    private let refused: @Sendable () -> String?
    private let editProgress: @Sendable () -> AdoptionReport?
    private let clockTrouble: @Sendable () -> String?
    private let uploadTroubles: @Sendable () -> [String]
    private let pendingChanges: @Sendable () -> [String]
    let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - listComments: asks the platform for some of a post's comments.
    ///   - refused: returns why the files on the disk are not in force; nil if they are.
    ///   - editProgress: returns the progress of the last edit; nil if there was none.
    ///   - clockTrouble: returns why nothing may be sent by the machine's clock; nil if the clock is right.
    ///   - uploadTroubles: returns why files that messages wait for cannot be uploaded.
    ///   - pendingChanges: returns the changes on the disk that need a restart, one line each.
    ///   - wake: called when there is new or earlier work for the dispatcher.
    package init(
        version: String,
        store: Store,
        limiters: LimiterTable,
        clock: any WallClock,
        logger: Logger,
        adoptFiles: @escaping @Sendable (AdoptionCause) async -> ReloadOutcome,
        beginSync: @escaping @Sendable (_ page: String?, SyncRequest) async throws -> Void,
        listComments:
            @escaping @Sendable (_ post: String, _ page: String, _ after: String?) async -> PostedCommentsAnswer,
        refused: @escaping @Sendable () -> String?,
        editProgress: @escaping @Sendable () -> AdoptionReport?,
        clockTrouble: @escaping @Sendable () -> String?,
        uploadTroubles: @escaping @Sendable () -> [String],
        pendingChanges: @escaping @Sendable () -> [String] = { [] },
        wake: @escaping @Sendable () -> Void
    ) {
        self.version = version
        self.store = store
        self.limiters = limiters
        self.clock = clock
        self.logger = logger
        self.adoptFiles = adoptFiles
        self.beginSync = beginSync
        self.listComments = listComments
        self.refused = refused
        self.editProgress = editProgress
        self.clockTrouble = clockTrouble
        self.uploadTroubles = uploadTroubles
        self.pendingChanges = pendingChanges
        self.wake = wake
    }

    package func status() async throws -> Status {
        let now = clock.now()
        return Status(
            version: version,
            now: now,
            hold: store.hold,
            clockTrouble: clockTrouble(),
            sequences: store.catalog.sequences.keys.sorted(),
            refused: refused(),
            edit: editProgress().flatMap { $0.isComplete ? nil : $0.share },
            uploadTroubles: uploadTroubles(),
            commentPauses: try await store.commentPauses(now: now),
            limiters: limiters.all,
            sums: try await store.status()
        )
    }

    package func people(limit: Int, after: String?) async throws -> [PersonSummary] {
        try await store.people(limit: limit, after: after)
    }

    package func people(where filter: PeopleFilter, from place: PeoplePlace, limit: Int) async throws -> PeoplePart {
        try await store.people(where: filter, from: place, limit: limit, now: clock.now())
    }

    /// Returns the people who match a name or a number, the newest first.
    package func people(like search: PeopleSearch, before: PersonID?, limit: Int) async throws -> PeopleFound {
        try await store.people(like: search, before: before, limit: limit)
    }

    /// The time zone of sequences and people without one of their own.
    package var zone: TimeZone { store.catalog.zone }

    package func person(_ name: String) async throws -> PersonDetail {
        try await store.person(name)
    }

    /// Returns what a person got and will get, with the reasons.
    package func explain(_ name: String) async throws -> Explanation {
        let now = clock.now()
        var explanation = try await store.explain(name, now: now)
        let page = limiters.all.first { $0.page == explanation.person.page }
        explanation.pageTrouble = page.flatMap { limiter in
            store.hold.map { "it is on hold: \($0.reason)" } ?? limiter.stopped
                ?? limiter.pausedUntil.flatMap { $0 > now ? limiter.lastTrouble : nil }
        }
        return explanation
    }

    package func enroll(_ person: String, in sequence: String, again: Bool) async throws -> DueStep? {
        let first = try await store.enroll(person, in: sequence, again: again, now: clock.now())
        wake()
        return first
    }

    /// - Throws: `ImportRefusal`, `PersonError`.
    package func importPeople(_ request: ImportRequest) async throws -> ImportReport {
        if request.isTrial { AuditedRequest.current?.discard() }
        let now = clock.now()
        let report = try await store.importPeople(
            try request.located(in: limiters.with(.pages), now: now),
            enrollingIn: request.sequence,
            isTrial: request.isTrial,
            now: now
        )
        if !request.isTrial { wake() }
        return report
    }

    package func tag(_ people: [String], with tag: String) async throws -> [TagOutcome] {
        let outcomes = try await store.tag(people, with: tag, now: clock.now())
        if outcomes.contains(where: { !$0.started.isEmpty }) { wake() }
        return outcomes
    }

    package func untag(_ people: [String], of tag: String) async throws -> [TagOutcome] {
        try await store.untag(people, of: tag)
    }

    package func stop(_ person: String, sequence: String?) async throws -> [String] {
        try await store.stop(person, sequence: sequence, now: clock.now())
    }

    /// - Throws: `PersonError`.
    package func resume(_ person: String, reason: String) async throws -> ResumeReport {
        let report = try await store.resume(person, reason: reason, now: clock.now())
        if !report.goesOn.isEmpty { wake() }
        return report
    }

    package func forget(_ person: String) async throws -> ForgetReport {
        try await store.forget(person, now: clock.now())
    }

    package func jobs(_ states: [JobSummary.State], limit: Int) async throws -> [JobSummary] {
        try await store.jobs(states, limit: limit)
    }

    package func resolve(_ person: String, sequence: String, step: String, as resolution: Resolution) async throws {
        try await store.resolve(person, sequence: sequence, step: step, as: resolution, now: clock.now())
        wake()
    }

    package func hold(steps: Int) async throws -> HoldReport {
        try await store.holdReport(steps: steps, now: clock.now())
    }

    /// - Throws: `HoldError`.
    package func adoptState(sendingMissed: Bool) async throws -> HoldReport {
        let report = try await store.adoptState(sendingMissed: sendingMissed, now: clock.now())
        wake()
        return report
    }

    package func adopt(_ cause: AdoptionCause) async -> ReloadOutcome {
        let outcome = await adoptFiles(cause)
        if case .refused = outcome {
            AuditedRequest.current?.recordFailure(.refused, because: "the files were not put in force")
        }
        return outcome
    }

    /// Returns how far the last edit has been applied to the people under way; nil if there was none.
    package func edit() -> AdoptionReport? {
        editProgress()
    }

    /// Adopts the files and reads the secrets again.
    package func reload() async -> ReloadReport {
        ReloadReport(outcome: await adopt(.reload), pending: pendingChanges())
    }

    /// Begins a sync of a page's conversations, or joins the one that is under way.
    /// - Parameter page: nil for every page.
    package func sync(_ page: String?, enroll sequence: String?, wroteWithin span: Milliseconds?) async throws {
        try await beginSync(page, SyncRequest(sequence: sequence, since: span.map { clock.now() - $0 }))
    }

    package func syncs() async throws -> [SyncProgress] {
        try await store.syncs()
    }

    /// Returns the matching comments of one page of the platform's results.
    /// - Throws: `CommentsError`.
    package func comments(_ order: CommentsRequest) async throws -> CommentsPage {
        let (page, post) = try order.located(in: limiters.with(.pages).map(\.page))
        switch await listComments(post, page, order.after) {
        case .found(let found):
            let replies = try await store.replies(toComments: found.comments.map(\.id))
            return CommentsPage(found, replies: replies, fitting: order)
        case .unknownPost(let why): throw CommentsError.unknownPost(post, page: page, why: why)
        case .later(let why): throw CommentsError.later(why: why)
        case .refused(let why): throw CommentsError.refused(page: page, why: why)
        }
    }

    /// Returns what adoptFiles these files would do. Changes nothing.
    /// - Throws: `PlanRefusal` if a file has an error, or while an earlier edit is being applied: until then the next steps of
    ///   its people are not known.
    package func plan(_ order: PlanRequest, people: Int) async throws -> PlanReport {
        if let edit = editProgress(), !edit.isComplete {
            throw PlanRefusal(
                problems: [
                    "the last edit has been applied to \(Int(edit.share * 100)) % of the people under way: plan again when "
                        + "`dripd status` does not mention it any more"
                ]
            )
        }
        let inForce = store.catalog
        let files = try order.catalog(inForce: inForce)
        var report = try await store.plan(
            try await store.withPinnedVersions(files),
            people: people,
            now: clock.now()
        )
        report.rates = Dictionary(
            limiters.with(.pages).map { ($0.page, $0.perSecond) },
            uniquingKeysWith: { first, _ in first }
        )
        return report
    }

    package func file(ofVersion hash: String) async throws -> VersionFile {
        try await store.file(ofVersion: hash)
    }

    package func history(sequence: String?, limit: Int) async throws -> [AdoptionRecord] {
        try await store.history(sequence: sequence, limit: limit)
    }
}
