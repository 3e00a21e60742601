package import DripCore
package import DripStore
package import Foundation
package import Logging

/// What an operator may ask of a running daemon: the control API is a form of this.
package struct Operations: Sendable {
    private let version: String
    let store: Store
    private let lanes: LaneTable
    let clock: any WallClock
    let logger: Logger
    private let adopting: @Sendable (AdoptionCause) async -> ReloadOutcome
    private let syncing: @Sendable (_ page: String?, SyncOrder) async throws -> Void
    private let listing: @Sendable (_ post: String, _ page: String, _ after: String?) async -> PostedCommentsAnswer
    private let refused: @Sendable () -> String?
    private let editing: @Sendable () -> AdoptionReport?
    private let clockTrouble: @Sendable () -> String?
    private let uploadTroubles: @Sendable () -> [String]
    private let pendingChanges: @Sendable () -> [String]
    private let wake: @Sendable () -> Void

    /// - Parameters:
    ///   - listing: asks the platform for some of a post's comments.
    ///   - refused: why the files on the disk are not those in force; nil when they are.
    ///   - editing: how far the last edit has been applied; nil where there was none.
    ///   - clockTrouble: why nothing may be sent by the machine's clock; nil where it may.
    ///   - uploadTroubles: why files cannot be uploaded that messages wait for.
    ///   - pendingChanges: what is on the disk that only a restart takes, one line each.
    ///   - wake: called when there is new or earlier work for the dispatcher.
    package init(
        version: String,
        store: Store,
        lanes: LaneTable,
        clock: any WallClock,
        logger: Logger,
        adopting: @escaping @Sendable (AdoptionCause) async -> ReloadOutcome,
        syncing: @escaping @Sendable (_ page: String?, SyncOrder) async throws -> Void,
        listing: @escaping @Sendable (_ post: String, _ page: String, _ after: String?) async -> PostedCommentsAnswer,
        refused: @escaping @Sendable () -> String?,
        editing: @escaping @Sendable () -> AdoptionReport?,
        clockTrouble: @escaping @Sendable () -> String?,
        uploadTroubles: @escaping @Sendable () -> [String],
        pendingChanges: @escaping @Sendable () -> [String] = { [] },
        wake: @escaping @Sendable () -> Void
    ) {
        self.version = version
        self.store = store
        self.lanes = lanes
        self.clock = clock
        self.logger = logger
        self.adopting = adopting
        self.syncing = syncing
        self.listing = listing
        self.refused = refused
        self.editing = editing
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
            edit: editing().flatMap { $0.isComplete ? nil : $0.share },
            uploadTroubles: uploadTroubles(),
            commentPauses: try await store.commentPauses(now: now),
            lanes: lanes.all,
            sums: try await store.status()
        )
    }

    package func people(limit: Int, after: String?) async throws -> [PersonSummary] {
        try await store.people(limit: limit, after: after)
    }

    package func people(where filter: PeopleFilter, from place: PeoplePlace, limit: Int) async throws -> PeoplePart {
        try await store.people(where: filter, from: place, limit: limit, now: clock.now())
    }

    /// The people whom a name or a number fits, the newest first.
    package func people(like search: PeopleSearch, before: PersonID?, limit: Int) async throws -> PeopleFound {
        try await store.people(like: search, before: before, limit: limit)
    }

    /// The zone of sequences and people that have none of their own.
    package var zone: TimeZone { store.catalog.zone }

    package func person(_ name: String) async throws -> PersonDetail {
        try await store.person(name)
    }

    /// Past and future of a person, with why.
    package func explain(_ name: String) async throws -> Explanation {
        let now = clock.now()
        var explanation = try await store.explain(name, now: now)
        let page = lanes.all.first { $0.page == explanation.person.page }
        explanation.pageTrouble = page.flatMap { lane in
            store.hold.map { "it is on hold: \($0.reason)" } ?? lane.stopped
                ?? lane.pausedUntil.flatMap { $0 > now ? lane.lastTrouble : nil }
        }
        return explanation
    }

    package func enroll(_ person: String, in sequence: String, again: Bool) async throws -> DueStep? {
        let first = try await store.enroll(person, in: sequence, again: again, now: clock.now())
        wake()
        return first
    }

    /// - Throws: `ImportRefusal`, `PersonError`.
    package func take(_ order: ImportOrder) async throws -> ImportReport {
        if order.isTrial { AuditedRequest.current?.discard() }
        let now = clock.now()
        let report = try await store.take(
            try order.located(in: lanes.all, now: now),
            enrollingIn: order.sequence,
            isTrial: order.isTrial,
            now: now
        )
        if !order.isTrial { wake() }
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
        let outcome = await adopting(cause)
        if case .refused = outcome {
            AuditedRequest.current?.isNotDone(.refused, because: "the files were not put in force")
        }
        return outcome
    }

    /// How far the last edit has been applied to the people under way; nil where there was none.
    package func edit() -> AdoptionReport? {
        editing()
    }

    /// Adopts the files and reads the secrets again.
    package func reload() async -> ReloadReport {
        ReloadReport(outcome: await adopt(.reload), pending: pendingChanges())
    }

    /// Begins a walk through a page's conversations, or joins the one that is under way; nil: through every page's.
    package func sync(_ page: String?, enroll sequence: String?, wroteWithin span: Span?) async throws {
        try await syncing(page, SyncOrder(sequence: sequence, since: span.map { clock.now() - $0 }))
    }

    package func syncs() async throws -> [SyncProgress] {
        try await store.syncs()
    }

    /// Some of a post's comments: those of one answer of the platform that fit.
    /// - Throws: `CommentsError`.
    package func comments(_ order: CommentsOrder) async throws -> CommentsPart {
        let (page, post) = try order.located(in: lanes.all.map(\.page))
        switch await listing(post, page, order.after) {
        case .found(let found):
            let replies = try await store.replies(toComments: found.comments.map(\.id))
            return CommentsPart(found, replies: replies, fitting: order)
        case .unknownPost(let why): throw CommentsError.unknownPost(post, page: page, why: why)
        case .later(let why): throw CommentsError.later(why: why)
        case .refused(let why): throw CommentsError.refused(page: page, why: why)
        }
    }

    /// What adopting these files would do. Changes nothing.
    /// - Throws: `PlanRefusal` when something is wrong with a file, or while an earlier edit is being applied: what its people
    ///   get next is not known before.
    package func plan(_ order: PlanOrder, people: Int) async throws -> PlanReport {
        if let edit = editing(), !edit.isComplete {
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
        report.rates = Dictionary(lanes.all.map { ($0.page, $0.perSecond) }, uniquingKeysWith: { first, _ in first })
        return report
    }

    package func file(ofVersion hash: String) async throws -> VersionFile {
        try await store.file(ofVersion: hash)
    }

    package func history(sequence: String?, limit: Int) async throws -> [AdoptionRecord] {
        try await store.history(sequence: sequence, limit: limit)
    }
}
