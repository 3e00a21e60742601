import DripCore
import Foundation
import Synchronization

/// The demo on the terminal: a line for each message, and below them, where a person watches, how far the month is.
final class DemoDisplay: Sendable {
    private let start: Instant
    private let end: Instant
    private let total: Int
    private let isLive: Bool
    private let hasColour: Bool
    private let calendar: LocalCalendar
    private let arrived = Mutex(0)

    /// - Parameter zone: without clock changes in the demo's month.
    init(script: DemoScript, zone: TimeZone, isLive: Bool, hasColour: Bool) {
        start = script.start
        end = script.end
        total = script.expected.count
        calendar = LocalCalendar(zone)
        self.isLive = isLive
        self.hasColour = hasColour
    }

    func wrote(_ person: String, _ text: String, at: Instant) {
        line("\(clock(at))  \(person)  \(dim("writes"))  \(text)")
    }

    func arrived(_ person: String, _ what: String, _ text: String, at: Instant, due: Instant) {
        arrived.withLock { $0 += 1 }
        let late = max(0, (at - due).milliseconds / 60_000)
        line("\(clock(at))  \(person)  \(green("gets"))    \(what)  \(dim("+\(late) min"))  \(text)")
    }

    func line(_ text: String) {
        Terminal.write(isLive ? "\r\u{1b}[K\(text)\n" : "\(text)\n")
    }

    /// The line at the bottom; drawn over the one before.
    func progress(now: Instant) {
        guard isLive else { return }
        let share = min(1, Double((now - start).milliseconds) / Double(max((end - start).milliseconds, 1)))
        let width = 30
        let full = Int(share * Double(width))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        Terminal.write(
            "\r\u{1b}[K\(bar)  day \(day(now)) of \(day(end))  \(arrived.withLock { $0 }) of \(total) messages"
        )
    }

    func endProgress() {
        if isLive { Terminal.write("\r\u{1b}[K") }
    }

    /// `day 12  09:05`, by the demo's clock.
    private func clock(_ at: Instant) -> String {
        let minutes = calendar.minuteOfDay(at)
        let number = String(day(at))
        return dim(
            "day \(String(repeating: " ", count: max(0, 2 - number.count)))\(number)  \(String(format: "%02d:%02d", minutes / 60, minutes % 60))"
        )
    }

    private func day(_ at: Instant) -> Int64 {
        max(0, ((at - start).milliseconds / 60_000 + Int64(calendar.minuteOfDay(start))) / 1440)
    }

    private func dim(_ text: String) -> String { hasColour ? "\u{1b}[2m\(text)\u{1b}[0m" : text }
    private func green(_ text: String) -> String { hasColour ? "\u{1b}[32m\(text)\u{1b}[0m" : text }
}
