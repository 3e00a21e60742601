import Channels
import ControlAPI
import DripCore
import Foundation

/// The lines that explain one enrollment: its start, its past steps and its future ones.
struct EnrollmentExplanationFormatter {
    private let explained: EnrollmentExplanation
    private let explanation: Explanation
    private let clock: WallTime
    private let stepWidth: Int

    init(_ explained: EnrollmentExplanation, _ explanation: Explanation) {
        self.explained = explained
        self.explanation = explanation
        clock = WallTime(TimeZone(identifier: explanation.zone) ?? .gmt, seconds: false)
        stepWidth =
            (explained.enrollment.deliveries.map(\.step) + (explained.forecast?.steps.map(\.step) ?? [])).map(\.count)
            .max() ?? 0
    }

    var lines: [String] {
        [heading] + explained.enrollment.deliveries.flatMap(past) + end + future
    }

    private var heading: String {
        let enrollment = explained.enrollment
        let round = enrollment.round > 1 ? ", round \(enrollment.round)" : ""
        let zone = explained.zone == explanation.zone ? "" : "; its times of day are in \(explained.zone)"
        let pinned = explained.pinnedTo.map { "; stays on version \($0.prefix(12)), with which it started" } ?? ""
        return "\(enrollment.sequence)\(round): started \(clock.text(enrollment.anchor)), "
            + "\(Wording.cause(enrollment.cause))\(zone)\(pinned)"
    }

    // MARK: Past steps

    private func past(_ delivery: DeliveryDetail) -> [String] {
        var lines = [line(delivery.at, delivery.step, sentence(delivery) + due(delivery))]
        let origin = [
            delivery.file, delivery.sequenceHash.map { "version \($0.prefix(12))" },
            delivery.commit.map { "commit \(CommitFormatter.short($0))" }, delivery.variant.map { "variant \($0)" },
            delivery.bodyHash.map { "text \($0)" },
        ].compactMap(\.self)
        for refusal in delivery.refusals ?? [] {
            let noun = ChannelRegistry.rules(of: ChannelName(rawValue: refusal.channel))?.noun ?? refusal.channel
            lines.append(indent + "refused by \(noun), \(clock.text(refusal.at)): \(refusal.reason)")
        }
        if !origin.isEmpty { lines.append(indent + "from " + origin.joined(separator: ", ")) }
        return lines
    }

    private func sentence(_ delivery: DeliveryDetail) -> String {
        let permission = Wording.permission(
            delivery.permission.flatMap(Permission.init(rawValue:)),
            by: delivery.channel.map(ChannelName.init(rawValue:))
        )
        let attempts = delivery.attempts > 1 ? " at attempt \(delivery.attempts)" : ""
        let reason = delivery.reason ?? "no reason was recorded"
        let half = delivery.partsArrived.map { ", after \(Wording.parts($0)) had arrived" } ?? ""
        switch Delivery.State(rawValue: delivery.state) {
        case .sent:
            let receipt = delivery.receipt.map { ", \($0)" } ?? ""
            return "sent\(permission.isEmpty ? "" : " \(permission)")\(attempts)\(receipt)"
        case .skipped: return "skipped: \(Wording.skip(reason, isAhead: false)) (\(reason))\(half)"
        case .failed: return "failed\(attempts): \(reason)\(half)"
        case .inDoubt:
            return
                "in doubt: it was sent, and no answer came (\(reason)); it counts as sent once the platform shows it, and is "
                + "sent again only if the conversation certainly lacks it" + (delivery.note.map { " (\($0))" } ?? "")
        case nil: return "\(delivery.state): \(reason)"
        }
    }

    private var end: [String] {
        explained.enrollment.endedAt.map { [line($0, "", "over: \(Wording.end(explained.enrollment.endReason))")] }
            ?? []
    }

    // MARK: Future steps

    private var future: [String] {
        guard let forecast = explained.forecast else { return [] }
        var lines = ["  if they do nothing more:"] + forecast.steps.map(coming)
        switch forecast.end {
        case .finished: lines.append(indent(0) + "and then it is over")
        case .held: lines.append(indent(0) + "its sequence is in no file: it continues once the sequence is back")
        case .waits: break
        case .cut: lines.append(indent(0) + "and so on")
        }
        let stops = forecast.stop.filter { $0 != StopRule.optedOut.description }.map(Self.stop)
        lines.append(
            indent(0) + "it ends earlier if they ask for no more messages" + stops.map { ", or \($0)" }.joined()
        )
        return lines
    }

    private func coming(_ step: ForecastStep) -> String {
        var pieces = step.waits.map { wait in
            let until = wait.until.map { " until \(clock.text($0))" } ?? ", for however long it takes"
            return Wording.wait(wait.reason) + until
        }
        pieces.append(verdict(step))
        let at = step.waits.first?.from ?? step.at ?? explanation.now
        return line(at, step.step, pieces.filter { !$0.isEmpty }.joined(separator: ", then "))
    }

    private func verdict(_ step: ForecastStep) -> String {
        let reason = step.reason ?? ""
        switch step.verdict {
        case .sending: return "being sent right now"
        case .sent:
            return "to be sent \(Wording.permission(step.permission, by: step.channel))\(early(step.due, step.at))"
        case .skipped:
            // The wait before it already says why.
            if reason == SkipReason.windowClosed.rawValue, step.wait?.reason == .window { return "skipped (\(reason))" }
            let detail = step.detail.map { ", \($0)" } ?? ""
            return "to be skipped: \(Wording.skip(reason, isAhead: true))\(detail) (\(reason))"
        case .failed: return "would fail: \(reason)"
        case .waits: return ""
        }
    }

    /// Returns a stop rule in words.
    /// - Parameter rule: the rule as `StopRule` writes it.
    private static func stop(_ rule: String) -> String {
        let pieces = rule.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
        return switch pieces.first {
        case "replied": "if they write"
        case "tag": "if they get the tag '\(pieces.last ?? "")'"
        case "sequence": "if they start '\(pieces.last ?? "")'"
        default: "if \(rule)"
        }
    }

    private func due(_ delivery: DeliveryDetail) -> String {
        if delivery.at < delivery.scheduled, delivery.state == Delivery.State.sent.rawValue {
            return early(delivery.scheduled, delivery.at)
        }
        // A step is claimed a moment after it is due.
        let distance = abs((delivery.at - delivery.scheduled).milliseconds)
        return distance < Milliseconds.minutes(1).milliseconds ? "" : ", due \(clock.text(delivery.scheduled))"
    }

    /// Returns how early a step is sent; empty if it is not early.
    private func early(_ due: Instant, _ at: Instant?) -> String {
        guard let at, at < due else { return "" }
        return ", \(Wording.length(due - at)) ahead of \(clock.text(due)): outside the window it would have to wait"
    }

    private func line(_ at: Instant, _ step: String, _ text: String) -> String {
        let pad = String(repeating: " ", count: stepWidth - step.count)
        return "  \(clock.text(at))  \(step)\(pad)  \(text)"
    }

    private var indent: String { indent(stepWidth + 2) }

    private func indent(_ width: Int) -> String {
        String(repeating: " ", count: 24 + width)
    }
}
