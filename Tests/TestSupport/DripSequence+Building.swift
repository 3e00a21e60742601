package import DripCore
package import Foundation

extension DripSequence {
    /// A sequence with what a test cares about, and the defaults of the file format for the rest. Its hash follows from
    /// its content, as a file's does.
    package static func make(
        _ id: String = "care",
        start: [StartRule] = [.firstMessage],
        again: Again = .never,
        zone: TimeZone? = nil,
        quiet: QuietHours? = nil,
        days: Weekdays = .all,
        late: LateRule = .standard,
        steps: [Step]
    ) -> DripSequence {
        let content = "\(start) \(again) \(String(describing: quiet)) \(days) \(late) \(steps)"
        return DripSequence(
            id: id,
            title: id,
            start: start,
            again: again,
            zone: zone,
            quiet: quiet,
            days: days,
            late: late,
            steps: steps,
            hash: "\(id)-\(Seed.of(page: content, address: "", sequence: "", step: "", round: 0))"
        )
    }
}

extension Step {
    /// A step that sends its own name.
    package static func text(_ id: String, _ count: Int, _ unit: Offset.Unit) -> Step {
        make(id, Offset(count, unit), text: [.literal(id)])
    }

    package static func make(
        _ id: String,
        _ after: Offset,
        text: [TextTemplate.Segment]? = nil,
        images: [String] = [],
        video: String? = nil,
        buttons: [Button] = []
    ) -> Step {
        Step(
            id: id,
            after: after,
            text: text.map(TextTemplate.init(segments:)),
            images: images,
            video: video,
            file: nil,
            buttons: buttons
        )
    }
}

extension [Step] {
    /// The care sequence that most tests use: each step within reach of the one before.
    package static let care = [
        Step.text("hello", 15, .minute), Step.text("day", 20, .hour), Step.text("week", 1, .week),
    ]
}
