/// What comes for an enrollment if its person does nothing more, step by step.
package struct Forecast: Codable, Hashable, Sendable {
    package enum End: String, Codable, Hashable, Sendable {
        /// Nothing follows: the sequence is done.
        case finished
        /// The last step of the list waits, for however long it takes.
        case waits
        /// The sequence is in no file.
        case held
        /// More steps than are looked at.
        case cut
    }

    package var steps: [ForecastStep]
    package var end: End
    /// The person may end it before: the sequence's stop rules.
    package var stop: [String]

    /// A file has 200 steps at most.
    fileprivate static let mostSteps = 200
    /// Quiet hours, a pause, the window, quiet hours again: a step that is looked at more often than this goes in circles.
    fileprivate static let mostLooks = 32
}

/// An enrollment that is under way, as a forecast begins with it.
package struct PendingWay: Sendable {
    package let job: Job
    /// When that is looked at next.
    package let due: Instant
    /// What started the enrollment, as `StartCause` writes it.
    package let cause: String
    /// The steps that the ledger holds, under the names that they had.
    package let over: Set<String>
    /// Its message is on its way right now.
    package let isSending: Bool

    package init(job: Job, due: Instant, cause: String, over: Set<String>, isSending: Bool) {
        self.job = job
        self.due = due
        self.cause = cause
        self.over = over
        self.isSending = isSending
    }
}

extension Catalog {
    /// Asks `admit` and `restraint`, as the dispatcher would, at every moment at which it would, and the files for what
    /// follows: for all ways of one person at once, since what one of them sends holds the others.
    /// - Parameter messages: what the person got of all sequences in the last 24 hours.
    package func forecasts(of ways: [PendingWay], after messages: [DailyLimit.Message], now: Instant) -> [Forecast] {
        var messages = messages
        var outlooks = ways.map { Outlook($0, stop: stopRules(of: $0.job.enrollment), now: now) }
        // What is on its way counts before anything else is looked at.
        for index in outlooks.indices where ways[index].isSending { advance(&outlooks[index], &messages, now: now) }
        while let index = outlooks.indices.filter({ !outlooks[$0].isOver }).min(by: { outlooks[$0] < outlooks[$1] }) {
            advance(&outlooks[index], &messages, now: now)
        }
        return outlooks.map(\.forecast)
    }

    /// The same for one way, whose person got nothing before.
    package func forecast(_ job: Job, due: Instant, over: Set<String>, isSending: Bool, now: Instant) -> Forecast {
        let way = PendingWay(
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

    /// Looks at one way once.
    private func advance(_ outlook: inout Outlook, _ messages: inout [DailyLimit.Message], now: Instant) {
        let (job, look) = (outlook.job, outlook.look)
        if outlook.isSending {
            outlook.isSending = false
            messages.append(outlook.message(at: now))
            let sending = ForecastStep(step: job.step, due: job.scheduled, verdict: .sending, at: now)
            return follow(&outlook, sending, at: now)
        }
        // Nobody looks at it of themselves any more, or it goes in circles.
        guard look < .distantFuture, outlook.looks < Forecast.mostLooks else { return outlook.stays() }
        outlook.looks += 1
        switch admit(job, now: look) {
        case .send(let dispatch):
            if let held = restraint(on: job, cause: outlook.cause, after: messages, now: look) {
                return outlook.wait(held.reason, until: held.until)
            }
            messages.append(outlook.message(at: look))
            follow(&outlook, outlook.step.over(.sent, at: look, permission: dispatch.permission), at: look)
        case .skip(let reason):
            let condition = reason == .condition ? sequence(of: job.enrollment)?.step(job.step)?.onlyIf : nil
            let step = outlook.step.over(.skipped, at: look, reason: reason.rawValue, detail: condition?.description)
            follow(&outlook, step, at: look)
        case .fail(let reason):
            follow(&outlook, outlook.step.over(.failed, at: look, reason: reason), at: look)
        case .wait(let until, let reason): outlook.wait(reason, until: until)
        }
    }

    /// Goes on to what follows a step that is over.
    private func follow(_ outlook: inout Outlook, _ step: ForecastStep, at: Instant) {
        let job = outlook.job
        outlook.forecast.steps.append(step)
        outlook.over.insert(job.step)
        let position = [job.enrollment.position, sequence(of: job.enrollment)?.step(job.step)?.position]
            .compactMap(\.self).max()
        switch following(job.enrollment, behind: position, over: outlook.over, personZone: job.person.zone) {
        case .step(let next) where outlook.forecast.steps.count < Forecast.mostSteps:
            let comment = step.permission == .privateReply ? nil : job.enrollment.comment
            let heldBy = next.due <= at ? job.heldBy : nil
            outlook.begin(
                job.followed(by: next, position: position, comment: comment, heldBy: heldBy),
                at: max(at, next.lookAt)
            )
        case .step: outlook.end(.cut)
        case .nothing: outlook.end(.finished)
        case .held: outlook.end(.held)
        }
    }
}

/// How far the forecast of one way has come.
private struct Outlook: Comparable {
    private(set) var job: Job
    /// When it is looked at next.
    private(set) var look: Instant
    let cause: String
    var over: Set<String>
    var isSending: Bool
    var forecast: Forecast
    private(set) var step: ForecastStep
    var looks = 0
    private(set) var isOver = false

    init(_ way: PendingWay, stop: [String], now: Instant) {
        job = way.job
        look = max(way.due, now)
        cause = way.cause
        over = way.over
        isSending = way.isSending
        forecast = Forecast(steps: [], end: .cut, stop: stop)
        step = ForecastStep(step: job.step, due: job.scheduled, verdict: .waits, at: nil)
        // Of a job that waits already, what is left of that wait.
        if !isSending, let reason = job.waitingFor, way.due > now {
            step.add(ForecastWait(reason: reason, from: now, until: way.due))
        }
    }

    /// The order in which they are looked at.
    static func < (left: Outlook, right: Outlook) -> Bool {
        (left.look, left.job.scheduled, left.job.enrollment.id.rawValue)
            < (right.look, right.job.scheduled, right.job.enrollment.id.rawValue)
    }

    static func == (left: Outlook, right: Outlook) -> Bool {
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

    mutating func begin(_ next: Job, at moment: Instant) {
        job = next
        look = moment
        looks = 0
        step = ForecastStep(step: next.step, due: next.scheduled, verdict: .waits, at: nil)
    }

    /// Its step waits, for however long it takes.
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

    fileprivate func followed(by next: DueStep, position: Span?, comment: String?, heldBy: WaitReason?) -> Job {
        Job(
            enrollment: Enrollment(
                id: enrollment.id,
                person: enrollment.person,
                sequence: enrollment.sequence,
                round: enrollment.round,
                anchor: enrollment.anchor,
                position: position,
                version: enrollment.version,
                comment: comment
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
