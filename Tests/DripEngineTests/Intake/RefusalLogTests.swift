import DripEngine
import Logging
import TestSupport
import Testing

/// What strangers can make the log say.
@Suite(.timeLimit(.minutes(1))) struct RefusalLogTests {
    /// Ends a pause each time it is told to.
    private final class Pauses: Sendable {
        let ends: AsyncStream<Void>
        let end: AsyncStream<Void>.Continuation
        init() { (ends, end) = AsyncStream.makeStream() }
    }

    @Test func `a kind is logged at once, and then how many more there were, once a pause`() async throws {
        let (recorder, pauses) = (Recorder(), Pauses())
        let refusals = RefusalLog(logger: Logger(recordingInto: recorder)) {
            for await _ in pauses.ends { return }
            throw CancellationError()
        }
        for _ in 0..<1000 { refusals.note(.badSignature) }
        #expect(recorder.all == ["warning webhook refused count=1 result=bad_signature"])
        refusals.note(.badHost)
        #expect(recorder.all.last == "info request refused count=1 result=bad_host")
        pauses.end.yield()
        pauses.end.yield()
        await recorder.wait(for: "warning webhook refused count=999 result=bad_signature")
        #expect(recorder.all.count == 3)
        pauses.end.finish()
    }

    @Test func `after a pause in which there was none, the next is logged at once`() async throws {
        let recorder = Recorder()
        let refusals = RefusalLog(logger: Logger(recordingInto: recorder)) {}
        for _ in 0..<3 {
            refusals.note(.verification)
            let line =
                "warning webhook verification refused: is the verify token the one in the app's dashboard? count=1"
            await recorder.wait(for: line)
        }
    }

    @Test func `the line has what was said of the first`() {
        let recorder = Recorder()
        let refusals = RefusalLog(logger: Logger(recordingInto: recorder)) { throw CancellationError() }
        refusals.note(.internalError, metadata: ["path": "/x", "reason": "odd"])
        refusals.note(.internalError, metadata: ["path": "/y", "reason": "odd"])
        #expect(recorder.all == ["error request failed count=1 path=/x reason=odd"])
    }
}
