package import DripCore
package import Foundation

extension DripSequence {
    /// Makes a sequence with the given properties and the file format's defaults for the rest. Like a file's, its hash
    /// depends on its content.
    /// - Parameter change: sets properties that have no parameter.
    package static func make(
        _ id: String = "care",
        start: [StartRule] = [.firstMessage],
        again: ReenrollmentRule = .never,
        zone: TimeZone? = nil,
        quiet: QuietHours? = nil,
        days: Weekdays = .all,
        late: LateRule = .standard,
        steps: [Step],
        change: (inout DripSequence) -> Void = { _ in }
    ) -> DripSequence {
        var content = DripSequence(id: id, title: id, start: start, steps: steps, hash: "")
        content.again = again
        content.zone = zone
        content.quiet = quiet
        content.days = days
        content.late = late
        change(&content)
        // The order of a set differs between processes.
        let pages = content.pages.map { $0.sorted().joined(separator: " ") } ?? ""
        content.pages = nil
        let hash = "\(id)-\(StableHash.hex(of: ["\(content)", pages]))"
        var sequence = DripSequence(id: id, title: id, start: start, steps: steps, hash: hash)
        sequence.again = again
        sequence.zone = zone
        sequence.quiet = quiet
        sequence.days = days
        sequence.late = late
        change(&sequence)
        return sequence
    }
}

extension Step {
    /// Makes a step that sends its own name.
    package static func text(_ id: String, _ count: Int, _ unit: Offset.Unit, at: Int? = nil) -> Step {
        make(id, Offset(count, unit), at: at, text: [.literal(id)])
    }

    package static func make(
        _ id: String,
        _ after: Offset,
        at: Int? = nil,
        pullIntoWindow: Milliseconds? = nil,
        outsideWindow: [OutsideWindow] = [],
        onlyIf: Condition? = nil,
        typing: Milliseconds = .zero,
        persona: String? = nil,
        text: [TextTemplate.Segment]? = nil,
        variants: [Variant] = [],
        images: [Media] = [],
        video: Media? = nil,
        cards: [Card] = [],
        buttons: [Button] = [],
        quickReplies: [QuickReply] = []
    ) -> Step {
        Step(
            id: id,
            after: after,
            at: at,
            pullIntoWindow: pullIntoWindow,
            outsideWindow: outsideWindow,
            onlyIf: onlyIf,
            typing: typing,
            persona: persona,
            variants: text.map { [Variant(text: TextTemplate(segments: $0), weight: 1)] } ?? variants,
            images: images,
            video: video,
            cards: cards,
            buttons: buttons,
            quickReplies: quickReplies
        )
    }
}

extension [Step] {
    /// The steps of the care sequence that most tests use.
    package static let care = [
        Step.text("hello", 15, .minute), Step.text("day", 20, .hour), Step.text("week", 1, .week),
    ]
}

extension Media {
    /// Makes a media file whose content has this hash.
    package static func file(_ path: String, hash: String?) -> Media {
        .file(MediaFile(path: path, location: "/srv/\(path)", hash: hash))
    }
}
