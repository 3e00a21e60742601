import DripCore
import DripEngine
import Foundation

/// The lines of a timeline, for the owner of a shop.
struct TimelineFormatter {
    private let timeline: Timeline
    private let clock: WallTime

    init(_ timeline: Timeline) {
        self.timeline = timeline
        clock = WallTime(TimeZone(identifier: timeline.zone) ?? .gmt, seconds: true)
    }

    var text: String { lines.joined(separator: "\n") }

    private var lines: [String] {
        let times = timeline.entries.map { clock.text($0.at) }
        let width = times.map(\.count).max() ?? 0
        let stepWidth = timeline.entries.compactMap(\.step?.count).max() ?? 0
        let indent = String(repeating: " ", count: width + 2 + stepWidth + 2)
        var lines = [
            "\(timeline.sequence), started by '\(timeline.startedBy)': \(timeline.person.name), times in \(timeline.zone)",
            "",
        ]
        // Show only once what moved a step.
        var seen: Set<String> = []
        for (entry, time) in zip(timeline.entries, times) {
            let isFirst = entry.step.map { seen.insert($0).inserted } ?? true
            let head = [(time, width), (entry.step ?? "", stepWidth)]
                .map { $0.padded(to: $1) + "  " }.joined()
            lines.append(head + sentence(entry) + due(entry, moved: isFirst))
            lines += entry.messages.flatMap(MessageFormatter.lines).map {
                $0.isEmpty ? "\(indent)│" : "\(indent)│ \($0)"
            }
        }
        return lines + ["", summary]
    }

    private func sentence(_ entry: TimelineEntry) -> String {
        switch entry.kind {
        case .started: "starts: \(Wording.cause(entry.reason ?? ""))"
        case .wrote: entry.text.map { "the person writes: \($0)" } ?? "the person writes"
        case .waits: "\(Wording.wait(entry.reason.flatMap(WaitReason.init(rawValue:))))\(until(entry))"
        case .sent: "sent \(Wording.permission(entry.permission, by: entry.channel))\(variant(entry))\(typing(entry))"
        case .skipped: "skipped\(Wording.arrived(entry.messages.count)): \(why(entry)) (\(entry.reason ?? ""))"
        case .failed: "fails\(Wording.arrived(entry.messages.count)): \(entry.reason ?? "")"
        case .ended: "over: \(Wording.end(entry.reason))"
        }
    }

    private func why(_ entry: TimelineEntry) -> String {
        Wording.skip(entry.reason ?? "", isAhead: false) + (entry.detail.map { ", \($0)" } ?? "")
    }

    private func until(_ entry: TimelineEntry) -> String {
        entry.until.map { ", until \(clock.text($0))" } ?? ", for however long it takes"
    }

    private func variant(_ entry: TimelineEntry) -> String {
        entry.variant.map { ", variant \($0)" } ?? ""
    }

    private func typing(_ entry: TimelineEntry) -> String {
        entry.typing.map { ", after \(Wording.length($0)) of typing" } ?? ""
    }

    /// Returns when the step was due, if at another time, and what moved it.
    private func due(_ entry: TimelineEntry, moved isFirst: Bool) -> String {
        guard let due = entry.due else { return "" }
        let moved = (isFirst ? entry.moved : nil).map {
            "from \(clock.text($0.from)) by \($0.by.joined(separator: " and "))"
        }
        if entry.kind == .sent, entry.at < due {
            let move = moved.map { " (moved \($0))" } ?? ""
            return
                ", \(Wording.length(due - entry.at)) ahead of \(clock.text(due))\(move): outside the window it would have to wait"
        }
        guard entry.at == due else {
            return ", due \(clock.text(due))" + (moved.map { " (moved \($0))" } ?? "")
        }
        return moved.map { ", moved here \($0)" } ?? ""
    }

    private var summary: String {
        var pieces = ["\(timeline.count(.sent)) sent", "\(timeline.count(.skipped)) skipped"]
        if timeline.count(.failed) > 0 { pieces.append("\(timeline.count(.failed)) failed") }
        switch timeline.end {
        case .over: break
        case .waits: pieces.append("the last step waits for the person to write")
        case .cut: pieces.append("cut off here: a simulation has a limit, and the sequence continues")
        }
        return pieces.joined(separator: ", ")
    }
}
