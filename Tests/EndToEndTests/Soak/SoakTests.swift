import ControlAPI
import DripEngine
import DripStore
import Foundation
import Testing

/// The real daemon under load: memory, the write-ahead log and open files stay flat.
@Suite(
    .enabled(if: SoakSettings.isWanted, "make test and make soak ask for it"),
    .timeLimit(.minutes(5 + 2 * (SoakSettings.minutes ?? 0)))
)
struct SoakTests {
    @Test func `under load memory, log and open files stay flat, and each message arrives once`() async throws {
        let shows = SoakSettings.minutes != nil
        func show(_ line: String) {
            guard shows else { return }
            print(line)
            fflush(nil)
        }
        show(SoakSample.heading)
        let run = SoakRun(
            rate: SoakSettings.rate,
            messages: SoakSettings.messages,
            samples: SoakSettings.samples
        ) { show($0.row) }
        let result = try await run.run()
        let report = SoakReport(result.samples)
        let sums = result.status.sums
        show(report.summary)
        #expect(report.complaints == [], "\(report.samples.map(\.row).joined(separator: "\n"))")
        #expect((result.arrived, result.twice) == (result.due, 0), "\(sums)\n\(result.log.suffix(4000))")
        #expect((sums.sent, sums.inDoubt) == (result.due, 0), "\(sums)")
        guard let json = SoakSettings.json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(report).write(to: URL(filePath: json))
    }
}

/// `make soak MINUTES=60 RATE=100` sets these, and prints a line a minute; `JSON=FILE` keeps all of them. `make test` asks
/// for the short form, on its own: beside every other test it would measure the machine.
enum SoakSettings {
    private static let environment = ProcessInfo.processInfo.environment
    static let isWanted = environment["DRIPD_SOAK"] != nil
    /// nil: the short form.
    static let minutes = environment["DRIPD_SOAK"].flatMap(Int.init)
    /// Messages in a second.
    static let rate = environment["DRIPD_SOAK_RATE"].flatMap(Int.init) ?? (minutes == nil ? 300 : 100)
    static let json = environment["DRIPD_SOAK_JSON"]

    static let messages = minutes.map { max(1000, $0 * 60 * rate) } ?? 2400
    static let samples = minutes.map { max(8, $0) } ?? 12
}

/// What the system and the daemon say of themselves at one moment of a soak.
struct SoakSample: Codable, Equatable {
    /// Since the first message.
    var seconds = 0.0
    var sent = 0
    var webhooks = 0
    /// Memory of its own, without the files that are mapped into it.
    var memoryBytes = 0
    var logBytes = 0
    var databaseBytes = 0
    var descriptors = 0
    /// How late the most overdue message is, in seconds of the machine's clock.
    var lag = 0.0

    static let heading = " minutes      sent  webhooks  memory MB   WAL MB  database MB  files   lag s"

    var row: String {
        func column(_ value: Double, _ width: Int) -> String {
            let text = "\((value * 10).rounded() / 10)"
            return String(repeating: " ", count: max(1, width - text.count)) + text
        }
        func column(_ value: Int, _ width: Int) -> String {
            String(repeating: " ", count: max(1, width - "\(value)".count)) + "\(value)"
        }
        return column(seconds / 60, 8) + column(sent, 10) + column(webhooks, 10) + column(Double(memoryBytes) / 1e6, 11)
            + column(Double(logBytes) / 1e6, 9) + column(Double(databaseBytes) / 1e6, 13) + column(descriptors, 7)
            + column(lag, 8)
    }
}
