import DripCore
import Foundation

/// The starts that a step has to be looked at from. Between two of them its way out changes only in that it comes so much
/// earlier or later: hours and days break that where the start, the look ahead or the due time passes one of their ends.
struct StartMoments {
    let anchors: [Instant]

    init(of step: Step, in sequence: DripSequence, zone: TimeZone) {
        // Monday, 5 January 2026: no zone sets its clocks around then.
        let utc = Instant(milliseconds: 1_767_571_200_000)
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(utc.milliseconds) / 1000))
        let monday = utc - .seconds(Int64(offset))
        let pull = step.pullIntoWindow ?? .zero
        let isFar = Self.earliest(step) - pull >= StandardWindow.length - StandardWindow.margin
        guard !isFar, sequence.quiet != nil || sequence.days != .all || step.at != nil else {
            anchors = [monday + .hours(12)]
            return
        }
        let week: Int64 = 7 * 1440
        let after = step.after.nominal.milliseconds / 60_000
        var minutes: Set<Int64> = []
        for end in Self.ends(step, sequence) {
            for day in 0..<(sequence.days == .all ? 1 : 7) as Range<Int64> {
                let end = day * 1440 + Int64(end)
                for start in [end, end - after, end - after + pull.milliseconds / 60_000] {
                    for beside in -1...1 as ClosedRange<Int64> {
                        minutes.insert(((start + beside) % week + week) % week)
                    }
                }
            }
        }
        anchors = minutes.sorted().map { monday + .minutes($0) }
    }

    /// How long after the start the step is due, at the least.
    static func earliest(_ step: Step) -> Span {
        let days = step.after.unit == .month ? Span.days(Int64(step.after.count) * 28) : step.after.nominal
        // Whoever starts at the end of a day has a day less to wait for the time of another.
        return step.at.map { days - .days(1) + .minutes(Int64($0)) } ?? days
    }

    /// Minutes of the day at which something changes.
    private static func ends(_ step: Step, _ sequence: DripSequence) -> Set<Int> {
        Set([0, step.at, sequence.quiet?.start, sequence.quiet?.end].compactMap { $0 })
    }
}

extension Span {
    fileprivate static func - (left: Span, right: Span) -> Span {
        Span(milliseconds: left.milliseconds - right.milliseconds)
    }

    fileprivate static func + (left: Span, right: Span) -> Span {
        Span(milliseconds: left.milliseconds + right.milliseconds)
    }
}
