import DripCore
import Foundation
import Synchronization

/// The demo on the terminal: a line for each message, and below them, where a person watches, how far the month is.
final class DemoDisplay: Sendable {
    private let start: Instant
    private let end: Instant
    private let total: Int
    private let failure = Mutex<(any Error)?>(nil)
    private let hasColour: Bool
    private let calendar: LocalCalendar
    private let arrived = Mutex(0)

    /// - Parameter zone: without clock changes in the demo's month.
    init(script: DemoScript, zone: TimeZone, hasColour: Bool) {
        start = script.start
        end = script.end
        total = script.expected.count
        calendar = LocalCalendar(zone)
        self.hasColour = hasColour
    }

    func wrote(_ person: String, _ text: String, at: Instant) {
        show([(clock(at), .dim), ("  \(person)  ", .plain), ("writes", .dim), ("  \(text)", .plain)])
    }

    func arrived(_ person: String, _ what: String, _ text: String, at: Instant, due: Instant) {
        arrived.withLock { $0 += 1 }
        let late = max(0, (at - due).milliseconds / 60_000)
        show([
            (clock(at), .dim), ("  \(person)  ", .plain), ("gets", .green), ("    \(what)  ", .plain),
            ("+\(late) min", .dim), ("  \(text)", .plain),
        ])
    }

    /// In as many lines as it takes.
    func paragraph(_ text: String) {
        write {
            try $0.endProgress()
            try $0.paragraph(text)
        }
    }

    private func show(_ pieces: [(String, StyledLine.Style)]) {
        write { try $0.styled(StyledLine(pieces), hasColour: hasColour) }
    }

    /// Whether nobody can read it any more.
    var isClosed: Bool { failure.withLock { $0 != nil } }

    /// - Throws: `Output.Failure`, if something could not be written.
    func check() throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func write(_ body: (Output) throws -> Void) {
        do {
            try body(.standard)
        } catch {
            failure.withLock { $0 = $0 ?? error }
        }
    }

    /// The line at the bottom; drawn over the one before.
    func progress(now: Instant) {
        let share = min(1, Double((now - start).milliseconds) / Double(max((end - start).milliseconds, 1)))
        // The words beside it take fifty cells at most.
        let width = min(30, max(0, (Output.standard.columns ?? 80) - 50))
        let full = Int(share * Double(width))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        let text =
            "\(bar)  day \(min(day(now), day(end))) of \(day(end))  \(arrived.withLock { $0 }) of \(total) messages"
        write { try $0.progress(text) }
    }

    func endProgress() {
        write { try $0.endProgress() }
    }

    /// `day 12  09:05`, by the demo's clock.
    private func clock(_ at: Instant) -> String {
        let minutes = calendar.minuteOfDay(at)
        let number = String(day(at))
        let time = String(format: "%02d:%02d", minutes / 60, minutes % 60)
        return "day \(String(repeating: " ", count: max(0, 2 - number.count)))\(number)  \(time)"
    }

    private func day(_ at: Instant) -> Int64 {
        max(0, ((at - start).milliseconds / 60_000 + Int64(calendar.minuteOfDay(start))) / 1440)
    }
}
