/// The predicted steps of an enrollment if its person does nothing more.
package struct Forecast: Codable, Hashable, Sendable {
    package enum End: String, Codable, Hashable, Sendable {
        /// The sequence has no more steps.
        case finished
        /// The last step of the list waits indefinitely.
        case waits
        /// The sequence is in no file.
        case held
        /// There are more steps than the list may hold.
        case cut
    }

    package var steps: [ForecastStep]
    package var end: End
    /// The sequence's stop rules, which may end it earlier.
    package var stop: [String]

    /// A file has at most 200 steps.
    fileprivate static let mostSteps = 200
    /// The most checks of one step. Quiet hours, a pause, the window and quiet hours again are usual; a step with more
    /// checks than this loops.
    fileprivate static let mostLooks = 32
}

/// An enrollment under way, as the start of a forecast.
package struct PendingEnrollment: Sendable {
    package let job: Job
    /// When the job is checked next.
    package let due: Instant
    /// The enrollment's start, as `StartCause` describes it.
    package let cause: String
    /// The steps that have a delivery, under the names they had then.
    package let over: Set<String>
    /// Whether its message is being sent right now.
    package let isSending: Bool
    /// The person's addresses and consents; nil if only the job's own address is known.
    package let ways: Ways?

    package init(job: Job, due: Instant, cause: String, over: Set<String>, isSending: Bool, ways: Ways? = nil) {
        self.ways = ways
        self.job = job
        self.due = due
        self.cause = cause
        self.over = over
        self.isSending = isSending
    }
}

extension Catalog {
    /// Returns the forecasts of all enrollments of one person. They are computed together, because the messages of one
    /// delay the others. Calls `admit` and `restraint` at each moment at which the dispatcher would.
    /// - Parameter messages: the messages of all sequences that the person got in the last 24 hours.
    package func forecasts(
        of ways: [PendingEnrollment],
        after messages: [DailyLimit.Message],
        now: Instant
    ) -> [Forecast] {
        var messages = messages
        var outlooks = ways.map { ForecastProgress($0, stop: stopRules(of: $0.job.enrollment), now: now) }
        // Messages being sent count before anything else is checked.
        for index in outlooks.indices where ways[index].isSending { advance(&outlooks[index], &messages, now: now) }
        while let index = outlooks.indices.filter({ !outlooks[$0].isOver }).min(by: { outlooks[$0] < outlooks[$1] }) {
            advance(&outlooks[index], &messages, now: now)
        }
        return outlooks.map(\.forecast)
    }

    /// Returns the forecast of a single enrollment of a person who has had no messages.
    package func forecast(_ job: Job, due: Instant, over: Set<String>, isSending: Bool, now: Instant) -> Forecast {
        let way = PendingEnrollment(
            job: job,
            due: due,
            cause: StartCause.firstMessage.description,
            over: over,
            isSending: isSending
        )
        return forecasts(of: [way], after: [], now: now)[0]
    }

    private func stopRules(of enrollment: Enrollment) -> [String] {
        sequence(of: enrollment)?.stop.map(\.description) ?? []
    }

    /// Checks one enrollment once.
    private func advance(_ outlook: inout ForecastProgress, _ messages: inout [DailyLimit.Message], now: Instant) {
        let (job, look) = (outlook.job, outlook.look)
        if outlook.isSending {
            outlook.isSending = false
            messages.append(outlook.message(at: now))
            let sending = ForecastStep(step: job.step, due: job.scheduled, verdict: .sending, at: now)
            return follow(&outlook, sending, at: now)
        }
        // The job has no next check of its own, or its checks loop.
        guard look < .distantFuture, outlook.looks < Forecast.mostLooks else { return outlook.stays() }
        outlook.looks += 1
        switch admit(job, now: look, ways: { outlook.ways }) {
        case .send(let dispatch):
            if let held = restraint(on: job, cause: outlook.cause, after: messages, now: look) {
                return outlook.wait(held.reason, until: held.until)
            }
            messages.append(outlook.message(at: look))
            follow(
                &outlook,
                outlook.step.over(
                    .sent,
                    at: look,
                    permission: dispatch.permission,
                    by: job.person.address.account.channel
                ),
                at: look
            )
        case .skip(let reason):
            let condition = reason == .condition ? sequence(of: job.enrollment)?.step(job.step)?.onlyIf : nil
            let step = outlook.step.over(.skipped, at: look, reason: reason.rawValue, detail: condition?.description)
            follow(&outlook, step, at: look)
        case .fail(let reason):
            follow(&outlook, outlook.step.over(.failed, at: look, reason: reason), at: look)
        case .refused(let delivery):
            follow(&outlook, outlook.step.over(.failed, at: look, reason: delivery.reason), at: look)
        case .move(let address): outlook.move(to: address)
        case .wait(let until, let reason): outlook.wait(reason, until: until)
        }
    }

    /// Continues with what follows a finished step.
    private func follow(_ outlook: inout ForecastProgress, _ step: ForecastStep, at: Instant) {
        let job = outlook.job
        outlook.forecast.steps.append(step)
        outlook.over.insert(job.step)
        let position = [job.enrollment.position, sequence(of: job.enrollment)?.step(job.step)?.position]
            .compactMap(\.self).max()
        switch nextStep(job.enrollment, after: position, over: outlook.over, personZone: job.person.zone) {
        case .step(let next) where outlook.forecast.steps.count < Forecast.mostSteps:
            let comment = step.permission == .privateReply ? nil : job.enrollment.comment
            let heldBy = next.due <= at ? job.heldBy : nil
            outlook.begin(
                job.followed(by: next, position: position, comment: comment, heldBy: heldBy),
                at: max(at, next.firstCheck)
            )
        case .step: outlook.end(.cut)
        case .nothing: outlook.end(.finished)
        case .held: outlook.end(.held)
        }
    }
}

/// The progress of one enrollment's forecast.
private struct ForecastProgress: Comparable {
    private(set) var job: Job
    /// When the job is checked next.
    private(set) var look: Instant
    let cause: String
    let ways: Ways
    var over: Set<String>
    var isSending: Bool
    var forecast: Forecast
    private(set) var step: ForecastStep
    var looks = 0
    private(set) var isOver = false

    init(_ way: PendingEnrollment, stop: [String], now: Instant) {
        job = way.job
        look = max(way.due, now)
        cause = way.cause
        ways = way.ways ?? Ways(addresses: [way.job.person.address])
        over = way.over
        isSending = way.isSending
        forecast = Forecast(steps: [], end: .cut, stop: stop)
        step = ForecastStep(step: job.step, due: job.scheduled, verdict: .waits, at: nil)
        // A job that waits already has the rest of that wait ahead.
        if !isSending, let reason = job.waitingFor, way.due > now {
            step.add(ForecastWait(reason: reason, from: now, until: way.due))
        }
    }

    /// Orders the enrollments by their next check.
    static func < (left: ForecastProgress, right: ForecastProgress) -> Bool {
        (left.look, left.job.scheduled, left.job.enrollment.id.rawValue)
            < (right.look, right.job.scheduled, right.job.enrollment.id.rawValue)
    }

    static func == (left: ForecastProgress, right: ForecastProgress) -> Bool {
        left.job == right.job && left.look == right.look
    }

    func message(at: Instant) -> DailyLimit.Message {
        DailyLimit.Message(
            at: at,
            cause: cause,
            anchor: job.enrollment.anchor,
            scheduled: job.scheduled,
            origin: DailyLimit.Message.Origin(enrollment: job.enrollment.id, step: job.step)
        )
    }

    mutating func wait(_ reason: WaitReason, until: Instant) {
        step.add(ForecastWait(reason: reason, from: look, until: until))
        job = job.waiting(for: reason)
        look = until
    }

    mutating func move(to address: Address) {
        job = job.moved(to: address)
    }

    mutating func begin(_ next: Job, at moment: Instant) {
        job = next
        look = moment
        looks = 0
        step = ForecastStep(step: next.step, due: next.scheduled, verdict: .waits, at: nil)
    }

    /// Ends the forecast with a step that waits indefinitely.
    mutating func stays() {
        forecast.steps.append(step)
        end(step.wait?.reason == .sequence ? .held : .waits)
    }

    mutating func end(_ end: Forecast.End) {
        forecast.end = end
        isOver = true
    }
}

extension Job {
    fileprivate func waiting(for reason: WaitReason) -> Job {
        Job(
            enrollment: enrollment,
            person: person,
            step: step,
            scheduled: scheduled,
            attempt: attempt,
            part: part,
            waitingFor: reason,
            heldBy: heldBy(waitingFor: reason)
        )
    }

    fileprivate func followed(by next: DueStep, position: Milliseconds?, comment: String?, heldBy: WaitReason?) -> Job {
        Job(
            enrollment: Enrollment(
                id: enrollment.id,
                person: enrollment.person,
                sequence: enrollment.sequence,
                round: enrollment.round,
                anchor: enrollment.anchor,
                position: position,
                version: enrollment.version,
                comment: comment,
                cameBy: enrollment.cameBy
            ),
            person: person,
            step: next.step.id,
            scheduled: next.due,
            attempt: 0,
            part: 0,
            waitingFor: nil,
            heldBy: heldBy
        )
    }
}
