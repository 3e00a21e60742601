import DripCore
import Foundation
import Synchronization

/// The output of the demo: one line per message, and on a terminal a progress line below them.
final class DemoDisplay: Sendable {
    private let start: Instant
    private let end: Instant
    private let total: Int
    private let failure = Mutex<(any Error)?>(nil)
    private let hasColour: Bool
    private let calendar: LocalCalendar
    private let arrived = Mutex(0)

    /// - Parameter zone: a zone without clock changes in the demo's month.
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

    /// Shows text of several lines in place of the progress.
    func paragraph(_ text: String) {
        write {
            try $0.endProgress()
            try $0.paragraph(text)
        }
    }

    private func show(_ pieces: [(String, StyledLine.Style)]) {
        write { try $0.styled(StyledLine(pieces), hasColour: hasColour) }
    }

    /// Whether writing has failed, so that no reader is left.
    var isClosed: Bool { failure.withLock { $0 != nil } }

    /// - Throws: `Output.Failure` if a write has failed.
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

    /// Redraws the progress line.
    func progress(now: Instant) {
        let share = min(1, Double((now - start).milliseconds) / Double(max((end - start).milliseconds, 1)))
        // The text beside the bar takes at most 50 cells.
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

    /// Returns the time of the demo's clock, such as `day 12  09:05`.
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

/// The messages that arrived, compared with those that must arrive.
final class DemoTally: Sendable {
    /// A message as the platform shows it: its person, step and part.
    struct Key: Hashable {
        let person: Int
        let step: String
        let part: Int
    }

    private struct State {
        var arrived: [Key: Int] = [:]
        var unexpected: [String] = []
    }

    private let expected: [Key: Int]
    private let state = Mutex(State())

    init(_ messages: [DemoScript.Expected]) {
        expected = Dictionary(messages.map { (Key($0), 1) }, uniquingKeysWith: +)
    }

    /// Records a message.
    /// - Parameters:
    ///   - message: nil if it was not expected.
    ///   - name: what it calls itself.
    func arrived(_ message: DemoScript.Expected?, _ name: String?) {
        state.withLock { state in
            if let message {
                state.arrived[Key(message), default: 0] += 1
            } else {
                state.unexpected.append(name ?? "a message without a key")
            }
        }
    }

    func isMissing(_ message: DemoScript.Expected) -> Bool {
        state.withLock { $0.arrived[Key(message)] == nil }
    }

    var isComplete: Bool {
        state.withLock { state in expected.allSatisfy { state.arrived[$0.key, default: 0] >= $0.value } }
    }

    /// Returns one line per missing, repeated or unexpected message; empty if every message arrived exactly once.
    func faults(people: [String]) -> [String] {
        state.withLock { state in
            var faults: [String] = []
            for (key, count) in expected.sorted(by: { ($0.key.person, $0.key.step) < ($1.key.person, $1.key.step) }) {
                let arrived = state.arrived[key, default: 0]
                if arrived != count { faults.append("\(people[key.person]), \(key.step): arrived \(arrived) times") }
            }
            return faults + state.unexpected.map { "unexpected: \($0)" }
        }
    }
}

extension DemoTally.Key {
    fileprivate init(_ message: DemoScript.Expected) {
        self.init(person: message.person, step: message.step, part: message.part)
    }
}
