import Channels
import DripCore
import Logging
import Synchronization
import TestSupport
import Testing

@testable import DripEngine

/// What the platform dropped of a page's webhooks comes back.
@Suite struct WebhookFieldsServiceTests {
    private let recorder = Recorder()
    private let limiters = LimiterTable([
        Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "99", perSecond: 10, rates: .tested)
    ])

    @Test func `what is missing is subscribed to anew, and what was there stays`() async {
        let page = ScriptedPage(.success(SubscribedFields(apps: [["messages", "send_cart"]])))
        let service = service(page)
        await service.look()
        await service.look()
        #expect(page.subscribed == [["messages", "messaging_postbacks", "send_cart"]])
        #expect(
            recorder.all == [
                """
                warning renewed the page's webhook subscription, which lacked fields that dripd reads; if nothing arrives, the \
                app's callback is off, too: check App Dashboard, Webhooks, and `dripd doctor --webhook URL` page=99 \
                renewed=messaging_postbacks
                """
            ]
        )
    }

    @Test(arguments: [
        (PageSetupError.Cause.token, "its token is dead; make a new one, then `systemctl restart dripd`"),
        (.permission, "its token lacks pages_manage_metadata; `dripd doctor` shows what the page is subscribed to"),
        (.passing, "asked again in a few minutes"),
    ])
    func `why it may not is said once`(cause: PageSetupError.Cause, todo: String) async {
        let page = ScriptedPage(.failure(PageSetupError(why: "WHY", cause: cause)))
        let service = service(page)
        await service.look()
        await service.look()
        #expect(page.asked == 2)
        #expect(
            recorder.all == [
                """
                warning cannot check or renew the webhook subscription: \
                \(todo) page=99 reason=WHY
                """
            ]
        )
    }

    @Test(arguments: [
        (PageSetupError.Cause.passing, 9, [48.0, 96, 192, 384, 768, 1536, 2880, 2880, 2880]),
        (.passing, 2, [48, 96, 2880, 2880]), (.token, 2, [2880, 2880]), (.permission, 2, [2880, 2880]),
    ])
    func `after a look that failed it asks again in minutes, and ever later`(
        cause: PageSetupError.Cause,
        failures: Int,
        seconds: [Double]
    ) async throws {
        let page = ScriptedPage(.success(SubscribedFields(apps: [["messages", "messaging_postbacks"]])))
        page.fails(failures, PageSetupError(why: "WHY", cause: cause))
        let pauses = Mutex<[Duration]>([])
        try await service(page) { duration in
            let count = pauses.withLock { pauses in
                pauses.append(duration)
                return pauses.count
            }
            if count == seconds.count { throw CancellationError() }
        }.run()
        #expect(pauses.withLock { $0.map { Double($0.components.seconds) } } == seconds)
        #expect(page.asked == seconds.count)
    }

    @Test func `only pages that did not answer, or are paused, are asked again soon`() async {
        let limiters = LimiterTable(
            ["1", "2", "3"].enumerated().map {
                Limiter(id: AccountID(rawValue: Int64($0)), channel: .messenger, page: $1, perSecond: 9, rates: .tested)
            }
        )
        _ = limiters.change(page: "3") { account in
            account.sent(1)
            account.ended(.trouble("timeout"), now: .start, jitter: 0)
        }
        let asked = Recorder()
        let service = WebhookFieldsService(
            limiters: limiters,
            clock: ManualClock(.start),
            logger: .silent,
            fields: { [.messages] },
            read: { page throws(PageSetupError) in
                asked.record(page)
                if page == "2" { throw PageSetupError(why: "WHY", cause: .passing) }
                return SubscribedFields(apps: [["messages"]])
            },
            subscribe: { _, _ in },
            random: { 0 },
            pause: { _ in }
        )
        let again = await service.look()
        #expect(again == ["2", "3"])
        #expect(await service.look(at: again) == ["2", "3"])
        #expect(asked.all == ["1", "2", "2"])
    }

    @Test func `of a stopped page nothing is asked`() async {
        _ = limiters.change(AccountID(rawValue: 1)) { account in
            account.sent(1)
            account.ended(.stopped("190 dead"), now: .start, jitter: 0)
        }
        let page = ScriptedPage(.success(SubscribedFields(apps: [])))
        await service(page).look()
        #expect(page.asked == 0)
    }

    private func service(
        _ page: ScriptedPage,
        pause: @escaping @Sendable (Duration) async throws -> Void = { _ in }
    ) -> WebhookFieldsService {
        WebhookFieldsService(
            limiters: limiters,
            clock: ManualClock(.start),
            logger: Logger(recordingInto: recorder),
            fields: { [.messages, .postbacks] },
            read: { _ throws(PageSetupError) in try page.read() },
            subscribe: { _, fields in page.subscribe(fields) },
            random: { 0 },
            pause: pause
        )
    }
}

/// A page of one app on a platform that keeps what it is told.
private final class ScriptedPage: Sendable {
    private struct State {
        var answer: Result<SubscribedFields, PageSetupError>
        var asked = 0
        var failures = 0
        var failure: PageSetupError?
        var subscribed: [[String]] = []
    }

    private let state: Mutex<State>

    init(_ answer: Result<SubscribedFields, PageSetupError>) {
        state = Mutex(State(answer: answer))
    }

    /// The first so many questions.
    func fails(_ count: Int, _ error: PageSetupError) {
        state.withLock { ($0.failures, $0.failure) = (count, error) }
    }

    var asked: Int { state.withLock { $0.asked } }
    var subscribed: [[String]] { state.withLock { $0.subscribed } }

    func read() throws(PageSetupError) -> SubscribedFields {
        let answer: Result<SubscribedFields, PageSetupError> = state.withLock { state in
            state.asked += 1
            if state.asked <= state.failures, let failure = state.failure { return .failure(failure) }
            return state.answer
        }
        return try answer.get()
    }

    func subscribe(_ fields: [String]) {
        state.withLock { state in
            state.subscribed.append(fields)
            state.answer = .success(SubscribedFields(apps: [Set(fields)]))
        }
    }
}
