import ControlAPI
import DripCore
import DripStore
import Foundation

/// Builds the timeline by comparing snapshots of the person's deliveries and pending jobs.
struct TimelineRecorder {
    private let scenario: Scenario
    private let zone: TimeZone
    private let messages: RecordingChannel
    private var known: [EnrollmentDetail] = []
    /// Steps that were preceded by a typing indicator.
    private var typed: Set<String> = []
    private(set) var entries: [TimelineEntry] = []

    init(_ scenario: Scenario, zone: TimeZone, messages: RecordingChannel) {
        self.scenario = scenario
        self.zone = zone
        self.messages = messages
    }

    mutating func wrote(_ text: String?, at now: Instant) {
        var entry = TimelineEntry(at: now, kind: .wrote)
        entry.text = text
        entries.append(entry)
    }

    /// Records the changes since the last call.
    mutating func look(at person: PersonDetail, now: Instant) {
        for (index, enrollment) in person.enrollments.enumerated() {
            let before = index < known.count ? known[index] : nil
            if before == nil {
                var entry = TimelineEntry(at: now, kind: .started)
                entry.reason = enrollment.cause
                entries.append(entry)
            }
            // Compared by name: two deliveries of the same moment have no stable order.
            let over = Set(before?.deliveries.map(\.step) ?? [])
            for delivery in enrollment.deliveries where !over.contains(delivery.step) {
                entries.append(entry(of: delivery, enrollment))
            }
            if let next = enrollment.next, next.waitingFor == WaitReason.typing.rawValue { typed.insert(next.step) }
            if let next = enrollment.next, let entry = entry(of: next, before: before?.next, enrollment, now: now) {
                entries.append(entry)
            }
            if let endedAt = enrollment.endedAt, before?.endedAt == nil {
                var entry = TimelineEntry(at: endedAt, kind: .ended)
                entry.reason = enrollment.endReason
                entries.append(entry)
            }
        }
        known = person.enrollments
    }

    private func entry(of delivery: DeliveryDetail, _ enrollment: EnrollmentDetail) -> TimelineEntry {
        var entry = entry(Self.kind(of: delivery), delivery.step, due: delivery.scheduled, enrollment, at: delivery.at)
        entry.reason = delivery.reason
        if delivery.reason == SkipReason.condition.rawValue {
            entry.detail = scenario.sequence.step(delivery.step)?.onlyIf?.description
        }
        if typed.contains(delivery.step) { entry.typing = scenario.sequence.step(delivery.step)?.typing }
        entry.channel = delivery.channel.map(ChannelName.init(rawValue:))
        entry.permission = delivery.permission.flatMap(Permission.init(rawValue:))
        entry.variant = delivery.variant
        entry.messages = messages.take(delivery.step).map(SentMessage.init)
        return entry
    }

    /// Returns nil if the step just waits for its time, or if this wait was recorded before.
    private func entry(
        of next: NextStepDetail,
        before: NextStepDetail?,
        _ enrollment: EnrollmentDetail,
        now: Instant
    ) -> TimelineEntry? {
        guard let reason = next.waitingFor, next != before, next.due > now,
            ![WaitReason.time, .typing].map(\.rawValue).contains(reason)
        else { return nil }
        var entry = entry(.waits, next.step, due: next.scheduled, enrollment, at: now)
        entry.reason = reason
        entry.until = next.due < .distantFuture ? next.due : nil
        return entry
    }

    private func entry(
        _ kind: TimelineEntry.Kind,
        _ step: String,
        due: Instant,
        _ enrollment: EnrollmentDetail,
        at: Instant
    ) -> TimelineEntry {
        var entry = TimelineEntry(at: at, kind: kind)
        entry.step = step
        entry.due = due
        entry.moved = scenario.sequence.step(step).flatMap {
            QuietHoursShift($0, in: scenario.sequence, anchor: enrollment.anchor, zone: zone)
        }
        return entry
    }

    private static func kind(of delivery: DeliveryDetail) -> TimelineEntry.Kind {
        switch Delivery.State(rawValue: delivery.state) {
        case .sent: .sent
        case .skipped: .skipped
        case .failed, .inDoubt, nil: .failed
        }
    }
}
