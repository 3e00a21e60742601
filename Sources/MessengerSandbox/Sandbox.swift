package import Logging
import Synchronization

/// The sandbox: a ``Platform`` guarded by a lock, together with the clock, the outgoing webhooks and the tasks that wait
/// for messages; beside it a mail server and a push service. ``SandboxApplication`` serves them.
package final class Sandbox: Sendable {
    /// Posts a webhook: URL, headers, body. Returns the response's status; throws if there was no response.
    package typealias Post =
        @Sendable (_ url: String, _ headers: [(String, String)], _ body: [UInt8]) async throws -> Int

    /// The most messages or notes in one answer. The next call continues after the last of them.
    package static let messagesPerAnswer = 1000

    package let configuration: SandboxConfiguration
    let post: Post
    /// Yields whenever ``nextWebhook()`` may have a new answer.
    let webhooksDue: AsyncStream<Void>
    private let callCourier: AsyncStream<Void>.Continuation
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let newEntries = ChangeSignal()
    private let state: Mutex<State>
    /// The mail server with its mailboxes.
    package let mail: MailSandbox
    /// The push service with its browsers.
    package let push: PushSandbox

    private struct State {
        var platform: Platform
        var webhooks = WebhookQueue()
    }

    /// - Parameters:
    ///   - run: a number that is unique to this run; the ids of messages and people are made from it.
    ///   - now: the sandbox's clock, which may run fast; milliseconds since 1970.
    package init(
        configuration: SandboxConfiguration,
        run: UInt64,
        now: @escaping @Sendable () -> Int64,
        post: @escaping Post,
        logger: Logger
    ) throws(SandboxConfigurationError) {
        try configuration.validate()
        self.configuration = configuration
        self.now = now
        self.post = post
        self.logger = logger
        (webhooksDue, callCourier) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        state = Mutex(State(platform: Platform(configuration, run: run)))
        mail = MailSandbox(configuration.mail, run: run, now: now)
        push = PushSandbox(run: run, now: now)
    }

    // MARK: What people do

    /// Creates a person. A missing id or name is made up.
    @discardableResult
    package func addPerson(id: String?, name: String?) throws(ControlError) -> Person {
        try change { (platform, _) throws(ControlError) in try platform.addPerson(id: id, name: name) }
    }

    /// Performs a message of a person, a visit through an m.me link with `ref`, or both. Creates the person if necessary.
    @discardableResult
    package func write(as person: String?, name: String?, text: String?, ref: String?) throws(ControlError) -> Person {
        try change { (platform, now) throws(ControlError) in
            try platform.write(as: person, name: name, text: text, ref: ref, now: now)
        }
    }

    /// Marks everything that has arrived as read by the person.
    package func read(by person: String) throws(ControlError) {
        try change { (platform, now) throws(ControlError) in try platform.read(by: person, now: now) }
    }

    package func setProfileAccess(_ access: ProfileAccess, of person: String) throws(ControlError) {
        try change { (platform, _) throws(ControlError) in try platform.setProfileAccess(access, of: person) }
    }

    package func setBlocked(_ blocked: Bool, by person: String) throws(ControlError) {
        try change { (platform, _) throws(ControlError) in try platform.setBlocked(blocked, by: person) }
    }

    /// Returns all people in the order of their creation, and the time on the sandbox's clock.
    package func people() -> (people: [Person], now: Int64) {
        change { (platform, now) in (platform.people, now) }
    }

    /// Adds a comment to a post of the page.
    @discardableResult
    package func comment(_ draft: CommentDraft) throws(ControlError) -> Comment {
        try change { (platform, now) throws(ControlError) in try platform.comment(draft, now: now) }
    }

    package func editComment(_ id: String, text: String) throws(ControlError) {
        try change { (platform, now) throws(ControlError) in try platform.editComment(id, text: text, now: now) }
    }

    package func removeComment(_ id: String) throws(ControlError) {
        try change { (platform, now) throws(ControlError) in try platform.removeComment(id, now: now) }
    }

    /// Returns the existing comments, oldest first.
    package func comments() -> [Comment] {
        state.withLock { $0.platform.comments.all }
    }

    /// Taps the button or quick reply with this title in the newest message that has one.
    ///
    /// - Parameter value: the phone number or email address that a quick reply asks for.
    /// - Returns: the one-time token, if the tap creates one.
    @discardableResult
    package func tap(_ title: String, by person: String, value: String? = nil) throws(ControlError) -> String? {
        try change { (platform, now) throws(ControlError) in
            try platform.tap(title, by: person, value: value, now: now)
        }
    }

    /// Performs an action other than writing, reading and tapping.
    package func act(_ act: PersonAct, by person: String) throws(ControlError) {
        try change { (platform, now) throws(ControlError) in try platform.act(act, by: person, now: now) }
    }

    /// Sends a message that a human operator wrote in the page's inbox.
    @discardableResult
    package func operatorWrites(_ text: String, to person: String) throws(ControlError) -> LogEntry {
        try change { (platform, now) throws(ControlError) in
            try platform.operatorWrites(text, to: person, now: now)
        }
    }

    /// Lets another app, `app`, take, pass or request control of the conversation.
    package func handOver(
        _ handover: Handover,
        of person: String,
        app: Int64,
        metadata: String = ""
    ) throws(ControlError) {
        try change { (platform, now) throws(ControlError) in
            try platform.handOver(handover, of: person, app: app, metadata: metadata, now: now)
        }
    }

    /// Subscribes the person to marketing messages.
    ///
    /// - Returns: the subscription token.
    @discardableResult
    package func subscribe(_ person: String, title: String) throws(ControlError) -> String {
        try change { (platform, now) throws(ControlError) in
            try platform.subscribe(person, title: title, now: now)
        }
    }

    package func unsubscribe(_ person: String, title: String) throws(ControlError) {
        try change { (platform, now) throws(ControlError) in
            try platform.unsubscribe(person, title: title, now: now)
        }
    }

    /// Sets the result of the platform's review of a template.
    package func review(
        template: String,
        language: String,
        _ status: TemplateStatus,
        reason: String? = nil
    ) throws(ControlError) {
        try change { (platform, now) throws(ControlError) in
            try platform.review(template, language, status, reason: reason, now: now)
        }
    }

    // MARK: What goes wrong

    package func inject(_ fault: Fault) throws(ControlError) {
        try change { (platform, _) throws(ControlError) in try platform.inject(fault) }
    }

    /// Changes the page's standing with the platform. `body` gets the current one.
    @discardableResult
    package func changeStanding(
        _ body: (inout PageStanding) throws(ControlError) -> Void
    ) throws(ControlError) -> PageStanding {
        try change { (platform, _) throws(ControlError) in
            var standing = platform.standing
            try body(&standing)
            try platform.setStanding(standing)
            return standing
        }
    }

    package func enforcePolicy(_ action: PolicyAction, reason: String) {
        change { (platform, now) in platform.enforcePolicy(action, reason: reason, now: now) }
    }

    package func clearFaults() {
        change { (platform, _) in platform.clearFaults() }
    }

    // MARK: Messages and notes

    /// Returns up to ``messagesPerAnswer`` messages with a number above `number`, oldest first, of one person or of all.
    package func messages(after number: Int, of person: String?) -> [LogEntry] {
        state.withLock {
            $0.platform.log.entries(after: number, of: person, count: Self.messagesPerAnswer)
        }
    }

    /// Like ``messages(after:of:)``, but waits up to `patience` for the first message. Cancellation ends the wait, and the
    /// method returns what there is.
    package func messages(after number: Int, of person: String?, within patience: Duration) async -> [LogEntry] {
        await newEntries.wait(within: patience) { !self.messages(after: number, of: person).isEmpty }
        return messages(after: number, of: person)
    }

    /// Returns up to ``messagesPerAnswer`` notes with a number above `number`, oldest first.
    package func notes(after number: Int) -> [Note] {
        state.withLock { $0.platform.notes.notes(after: number, count: Self.messagesPerAnswer) }
    }

    /// Like ``notes(after:)``, but waits in the same way as ``messages(after:of:within:)``.
    package func notes(after number: Int, within patience: Duration) async -> [Note] {
        await newEntries.wait(within: patience) { !self.notes(after: number).isEmpty }
        return notes(after: number)
    }

    /// The number of webhooks that the daemon has not accepted yet. Above `WebhookQueue.limit` new ones are dropped.
    package var waitingWebhooks: Int { state.withLock { $0.webhooks.count } }

    /// Returns every message with a number above `number`, including future ones. Ends when the reading task is cancelled.
    package func feed(after number: Int) -> MessageFeed {
        MessageFeed(sandbox: self, after: number)
    }

    /// Returns a stream that yields at once, and then after changes of the messages and notes.
    func changes() -> AsyncStream<Void> { newEntries.changes() }

    // MARK: For the server

    func answer(_ call: GraphCall) -> GraphAnswer {
        change { (platform, now) in platform.answer(call, now: now) }
    }

    /// Sets the port under which the sandbox can be reached.
    func listens(on port: Int) {
        let url = "http://\(configuration.host):\(port)"
        change { (platform, _) in platform.baseURL = url }
        push.listens(at: url)
    }

    /// Returns a file that the page uploaded.
    func file(_ attachment: String) -> UploadedFile? {
        state.withLock { $0.platform.attachments[attachment]?.file }
    }

    func refusal(_ error: GraphError) -> GraphAnswer {
        change { (platform, _) in platform.refusal(error) }
    }

    // MARK: For the courier

    func nextWebhook() -> WebhookQueue.Action {
        state.withLock { $0.webhooks.next() }
    }

    func webhookPauseOver() {
        state.withLock { $0.webhooks.pauseOver() }
        callCourier.yield()
    }

    func finished(_ webhook: Webhook, _ result: WebhookQueue.Result) -> WebhookQueue.Note? {
        defer { callCourier.yield() }
        return state.withLock { $0.webhooks.finished(webhook.person, result) }
    }

    /// Changes the platform and queues the resulting webhooks in one critical section, so webhooks have the order of the
    /// changes.
    private func change<Result, Failure>(
        _ body: (inout Platform, Int64) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var lost = 0
        var hasNewEntries = false
        defer {
            if lost > 0 { logger.error("\(WebhookQueue.limit) webhooks are waiting, dropping the newest \(lost)") }
            callCourier.yield()
            if hasNewEntries { newEntries.notify() }
        }
        return try state.withLock { (state) throws(Failure) in
            let before = (state.platform.log.lastNumber, state.platform.notes.lastNumber)
            let result = try body(&state.platform, now())
            for webhook in state.platform.takeWebhooks() where !state.webhooks.append(webhook) { lost += 1 }
            hasNewEntries = (state.platform.log.lastNumber, state.platform.notes.lastNumber) != before
            return result
        }
    }
}
