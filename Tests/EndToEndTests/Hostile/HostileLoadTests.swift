import ControlAPI
import DripEngine
import DripStore
import Foundation
import Synchronization
import TestSupport
import Testing

/// The real daemon while everything hostile happens at once: ordinary people are answered, the watchdog is fed, and neither
/// memory nor the log grows.
///
/// `make test` asks for it on its own: beside every other test it would measure the machine.
@Suite(
    .enabled(if: ProcessInfo.processInfo.environment["DRIPD_HOSTILE"] != nil, "make test asks for it"),
    .timeLimit(.minutes(3))
)
struct HostileLoadTests {
    /// What `WatchdogSec=` would say: shorter than the unit's, so that half a minute has many beats.
    private static let watchdog = 8

    /// Each text of a person is compared with all that begins or ends by a word.
    private static let sequences = [
        "care.yaml": """
        sequence: care
        title: Care
        start: [first_message]
        steps: [{step: one, after: 1 day, text: "Chào {{full_name, default: \\"bạn\\"}}"}]
        """,
        "price.yaml": """
        sequence: price
        title: Price
        start: [{message: ["giá bao nhiêu", "xin giá", "bảng giá"]}]
        steps: [{step: one, after: 1 day, text: Bảng giá}]
        """,
    ]

    @Test func `while strangers flood it, ordinary people are answered`() async throws {
        let shop = try await Shop(sequences: Self.sequences, scale: 1)
        try await shop.start(environment: ["WATCHDOG_USEC": "\(Self.watchdog * 1_000_000)"])
        let load = HostileLoad(port: shop.port)
        let process = try shop.processID
        let sampling = Task { await Self.mostMemory(of: process) }
        let began = ContinuousClock.now
        await load.run()
        let ended = ContinuousClock.now
        sampling.cancel()
        let plain = load.plain.current
        let report = HostileReport(
            answers: plain.milliseconds,
            silence: Self.longestSilence(shop.watchdogBeats, from: began, until: ended),
            watchdog: Double(Self.watchdog),
            memory: await sampling.value,
            log: shop.log.utf8.count
        )
        let rows = load.tallies.map(\.row) + ["load: \(Self.processorSeconds) s of the processor"]
        print((rows + report.figures.map(\.row)).joined(separator: "\n"))
        #expect(report.complaints == [], "\(rows.joined(separator: "\n"))")
        #expect(plain.answers == [200: plain.requests])
        // What a person wrote is taken, however strange it is; the platform sends again what had no room.
        #expect(load.texts.current.answers.keys.sorted() == [200])
        #expect(load.envelopes.current.answers.keys.sorted() == [200])
        for tally in load.tallies { #expect(tally.current.requests > 0, "\(tally.name) did nothing") }
        let status: Status = try await shop.ask("status")
        #expect(status.sums.enrolled >= plain.requests)
        #expect(await shop.end(SIGTERM) == 0)
    }

    /// Of its own, without the files that are mapped into it, in bytes; looked at until the task is cancelled.
    private static func mostMemory(of process: Int32) async -> Int {
        var most = 0
        while true {
            let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
            let kibibytes = line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) } ?? 0
            most = max(most, kibibytes * 1024)
            // Samples ten times a second: the test needs the maximum, and no moment matters.
            do { try await Task.sleep(for: .milliseconds(100)) } catch { return most }
        }
    }

    /// In seconds. The time before the first beat and after the last one counts, too.
    private static func longestSilence(
        _ beats: [ContinuousClock.Instant],
        from began: ContinuousClock.Instant,
        until ended: ContinuousClock.Instant
    ) -> Double {
        // The last one before the load, if there was one yet.
        let before = beats.last { $0 < began } ?? began
        let moments = [before] + beats.filter { $0 >= began && $0 <= ended } + [ended]
        return zip(moments, moments.dropFirst()).map { $0.duration(to: $1) / .seconds(1) }.max() ?? 0
    }

    /// What this process has taken of the processor: a load that takes most of it measures itself.
    private static var processorSeconds: Int { clock() / 1_000_000 }
}
