import Testing

/// The verdict on a hostile load, which can be the other one.
@Suite struct HostileReportTests {
    @Test func `one slow answer in a hundred is borne, more are not`() {
        let quick = [Double](repeating: 5, count: 197)
        #expect(Self.report(quick + [5, 900, 900]).complaints == [])
        #expect(
            Self.report(quick + [900, 900, 900]).complaints == [
                "answers to ordinary webhooks, p99: 900 ms, at most 250: TOO MUCH"
            ]
        )
    }

    @Test func `each of the other figures has its limit`() {
        #expect(
            Self.report([5], silence: 8.04, memory: 200_060_000, log: 1_100_000).complaints == [
                "longest silence of the watchdog: 8 s, at most 8: TOO MUCH",
                "memory: 200.1 MB, at most 200: TOO MUCH", "log: 1.1 MB, at most 1: TOO MUCH",
            ]
        )
    }

    @Test func `a load without ordinary webhooks shows nothing`() {
        #expect(
            Self.report([]).complaints == ["answers to ordinary webhooks, p99: infinite ms, at most 250: TOO MUCH"]
        )
    }

    private static func report(
        _ answers: [Double],
        silence: Double = 2,
        memory: Int = 50_000_000,
        log: Int = 10_000
    ) -> HostileReport {
        HostileReport(answers: answers, silence: silence, watchdog: 8, memory: memory, log: log)
    }
}
