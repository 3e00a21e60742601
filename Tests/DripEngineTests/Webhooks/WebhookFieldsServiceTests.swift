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
    private let lanes = LaneTable([Lane(id: LaneID(rawValue: 1), page: "99", perSecond: 10)])

    @Test func `what is missing is subscribed to anew, and what was there stays`() async {
        let page = ScriptedPage(.success(SubscribedFields(apps: [["messages", "send_cart"]])))
        let service = service(page)
        await service.look()
        await service.look()
        #expect(page.subscribed == [["messages", "messaging_postbacks", "send_cart"]])
        #expect(
            recorder.all == [
                """
                warning the page was not subscribed to webhooks that dripd reads, and is again; if nothing comes in all the same, \
                the app's callback is off, too: App Dashboard, Webhooks, and `dripd doctor --webhook URL` page=99 \
                renewed=messaging_postbacks
                """
            ]
        )
    }

    @Test(arguments: [
        (PageSetupError.Cause.token, "its token is dead; make a new one, then `systemctl restart dripd`"),
        (.permission, "its token lacks pages_manage_metadata; `dripd doctor` shows what the page is subscribed to"),
        (.passing, "asked again within the hour or so"),
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
                warning whether the page is subscribed to the webhooks that dripd reads is not known, or could not be mended: \
                \(todo) page=99 reason=WHY
                """
            ]
        )
    }

    @Test func `of a stopped page nothing is asked`() async {
        _ = lanes.change(LaneID(rawValue: 1)) { lane in
            lane.sent(1, at: .start)
            lane.ended(.stopped("190 dead"), now: .start, jitter: 0)
        }
        let page = ScriptedPage(.success(SubscribedFields(apps: [])))
        await service(page).look()
        #expect(page.asked == 0)
    }

    private func service(_ page: ScriptedPage) -> WebhookFieldsService {
        WebhookFieldsService(
            lanes: lanes,
            clock: ManualClock(.start),
            logger: Logger(recordingInto: recorder),
            fields: { [.messages, .postbacks] },
            read: { _ throws(PageSetupError) in try page.read() },
            subscribe: { _, fields in page.subscribe(fields) },
            random: { 0 },
            pause: { _ in }
        )
    }
}

/// A page of one app on a platform that keeps what it is told.
private final class ScriptedPage: Sendable {
    private struct State {
        var answer: Result<SubscribedFields, PageSetupError>
        var asked = 0
        var subscribed: [[String]] = []
    }

    private let state: Mutex<State>

    init(_ answer: Result<SubscribedFields, PageSetupError>) {
        state = Mutex(State(answer: answer))
    }

    var asked: Int { state.withLock { $0.asked } }
    var subscribed: [[String]] { state.withLock { $0.subscribed } }

    func read() throws(PageSetupError) -> SubscribedFields {
        let answer = state.withLock { state in
            state.asked += 1
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
