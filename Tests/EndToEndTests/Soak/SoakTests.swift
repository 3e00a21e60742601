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
