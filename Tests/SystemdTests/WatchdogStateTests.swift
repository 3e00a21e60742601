import Testing

@testable import Systemd

@Suite struct WatchdogStateTests {
    /// Beats every 10 s; the dispatcher is reported after 4 s, the writer only at the next beat (its 30 s are cut to
    /// 10).
    var state = WatchdogState(
        beat: .seconds(10),
        parts: [
            WatchdogState.Part(name: "dispatcher", limit: .seconds(4)),
            WatchdogState.Part(name: "writer", limit: .seconds(30)),
        ]
    )

    @Test mutating func `every beat asks every part`() {
        #expect(state.handle(.wake, now: .zero) == [.probe(0), .probe(1)])
    }

    @Test mutating func `the last answer sends the keep-alive`() {
        _ = state.handle(.wake, now: .zero)
        #expect(state.handle(.answered(1), now: .milliseconds(3)) == [])
        #expect(state.handle(.answered(0), now: .milliseconds(5)) == [.keepAlive])
        #expect(state.nextWake == .seconds(10))
        #expect(state.handle(.wake, now: .seconds(10)) == [.probe(0), .probe(1)])
    }

    @Test mutating func `a wake before its time does nothing`() {
        _ = state.handle(.wake, now: .zero)
        #expect(state.handle(.wake, now: .seconds(1)) == [])
    }

    @Test mutating func `a part without an answer is reported once, when its limit ends`() {
        _ = state.handle(.wake, now: .zero)
        _ = state.handle(.answered(1), now: .zero)
        #expect(state.nextWake == .seconds(4))
        #expect(state.handle(.wake, now: .seconds(4)) == [.reportStuck(name: "dispatcher", reason: nil)])
        #expect(state.nextWake == .seconds(10))
        #expect(state.handle(.wake, now: .seconds(10)) == [.probe(1)])
        #expect(state.handle(.answered(1), now: .seconds(10)) == [])
        #expect(state.handle(.wake, now: .seconds(20)) == [.probe(1)])
    }

    @Test mutating func `a limit longer than the beat ends with the beat`() {
        _ = state.handle(.wake, now: .zero)
        _ = state.handle(.answered(0), now: .zero)
        #expect(state.nextWake == .seconds(10))
        #expect(
            state.handle(.wake, now: .seconds(10)) == [.reportStuck(name: "writer", reason: nil), .probe(0)]
        )
    }

    @Test mutating func `a late answer is reported and counts`() {
        _ = state.handle(.wake, now: .zero)
        _ = state.handle(.answered(1), now: .zero)
        _ = state.handle(.wake, now: .seconds(4))
        #expect(
            state.handle(.answered(0), now: .seconds(7)) == [
                .reportRecovered(name: "dispatcher", after: .seconds(7)), .keepAlive,
            ]
        )
    }

    @Test mutating func `an answer within the limit is not worth a line`() {
        _ = state.handle(.wake, now: .zero)
        _ = state.handle(.answered(1), now: .zero)
        #expect(state.handle(.answered(0), now: .seconds(3)) == [.keepAlive])
    }

    @Test mutating func `the keep-alive needs answers to the latest beat`() {
        _ = state.handle(.wake, now: .zero)
        _ = state.handle(.answered(1), now: .zero)
        _ = state.handle(.wake, now: .seconds(4))
        _ = state.handle(.wake, now: .seconds(10))
        #expect(
            state.handle(.answered(0), now: .seconds(11)) == [
                .reportRecovered(name: "dispatcher", after: .seconds(11))
            ]
        )
        #expect(state.handle(.answered(1), now: .seconds(12)) == [.keepAlive])
    }

    @Test mutating func `a failed probe is reported at once, withholds the keep-alive and is asked again`() {
        _ = state.handle(.wake, now: .zero)
        #expect(
            state.handle(.failed(1, reason: "disk I/O error"), now: .seconds(1)) == [
                .reportStuck(name: "writer", reason: "disk I/O error")
            ]
        )
        #expect(state.handle(.answered(0), now: .seconds(1)) == [])
        #expect(state.handle(.wake, now: .seconds(10)) == [.probe(0), .probe(1)])
        #expect(state.handle(.failed(1, reason: "disk I/O error"), now: .seconds(11)) == [])
        #expect(state.handle(.answered(0), now: .seconds(11)) == [])
        _ = state.handle(.wake, now: .seconds(20))
        #expect(
            state.handle(.answered(1), now: .seconds(20)) == [.reportRecovered(name: "writer", after: .seconds(20))]
        )
        #expect(state.handle(.answered(0), now: .seconds(20)) == [.keepAlive])
    }

    @Test func `without parts every beat is a keep-alive`() {
        var state = WatchdogState(beat: .seconds(10), parts: [])
        #expect(state.handle(.wake, now: .zero) == [.keepAlive])
        #expect(state.nextWake == .seconds(10))
        #expect(state.handle(.wake, now: .seconds(10)) == [.keepAlive])
    }
}
