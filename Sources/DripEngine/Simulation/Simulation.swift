import Channels
import ControlAPI
package import DripCore
import DripStore
import Foundation
import Logging
import Synchronization

/// Runs the real store and dispatcher in virtual time: the clock jumps from one due time to the next, so a month takes as
/// long as its transactions.
package struct Simulation: Sendable {
    private let scenario: Scenario
    private let zone: TimeZone

    /// No file can reach further ahead: ten years to the last step, and some time to wait for the person.
    private static let longest = Milliseconds.days(12 * 366)
    private static let mostTicks = 10_000

    package init(_ scenario: Scenario) {
        self.scenario = scenario
        zone = scenario.catalog.zone(
            for: scenario.person.zone.flatMap(TimeZone.init(identifier:)),
            in: scenario.sequence
        )
    }

    /// - Throws: `SimulationError`, `StoreError`.
    package func run() async throws -> Timeline {
        let directory = FileManager.default.temporaryDirectory.appending(path: "dripd-simulate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = try Store(
            directory: directory.path,
            newInstance: "simulation",
            zone: scenario.catalog.zone
        )
        let timeline = try await run(store)
        try store.close()
        return timeline
    }

    private func run(_ store: Store) async throws -> Timeline {
        let page = scenario.person.page ?? scenario.sequence.pages?.sorted().first ?? "1000000001"
        guard scenario.sequence.isFor(page: page) else {
            throw SimulationError.otherPage(sequence: scenario.sequence.id, page: page)
        }
        let messages = RecordingChannel()
        var recorder = TimelineRecorder(scenario, zone: zone, messages: messages)
        // The person writes on the first channel.
        let home = ChannelRegistry.all[0]
        let account = try await store.accounts(channel: home.name.rawValue, pages: [page])[0]
        var others: [Limiter] = []
        for channel in scenario.catalog.channels where channel.rules.name != home.name {
            for id in try await store.accounts(channel: channel.rules.name.rawValue, pages: channel.accounts) {
                others.append(Limiter(id: id, channel: channel.rules.name, page: channel.accounts[0], perSecond: 10))
            }
        }
        let dispatcher = Dispatcher(
            store: store,
            channel: messages,
            limiters: LimiterTable([Limiter(id: account, channel: home.name, page: page, perSecond: 10)] + others),
            limits: DispatchLimits(),
            random: { 0.5 },
            requestUpload: { _ in },
            logger: Logger(label: "simulate", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        _ = try await store.adopt(scenario.catalog, versions: [], plan: nil, now: scenario.start)
        for (kind, file) in scenario.catalog.sequences.values.flatMap(\.steps).flatMap(\.files) {
            let upload = Upload(account: account, page: page, kind: kind, file: file)
            try await store.saveAttachment("simulated", of: upload, now: scenario.start + Self.longest)
        }
        let start = SimulatedStart(scenario.sequence)
        try await begin(start, store, account: account, page: page)
        try await recorder.look(at: detail(store), now: scenario.start)
        let end = try await play(store, dispatcher, page: page, &recorder)
        return Timeline(
            sequence: scenario.sequence.id,
            title: scenario.sequence.title,
            person: scenario.person,
            zone: zone.identifier,
            start: scenario.start,
            startedBy: start.rule.description,
            entries: recorder.entries,
            end: end
        )
    }

    private func begin(_ start: SimulatedStart, _ store: Store, account: AccountID, page: String) async throws {
        let person = scenario.person
        try await store.upsertPerson(
            person.person,
            account: account,
            attributes: person.attributes,
            tags: start.tags(of: person),
            zone: person.zone.flatMap(TimeZone.init(identifier:)),
            now: scenario.start
        )
        for channel in scenario.has { try await give(channel, store) }
        try await take(start.event, key: "start", page: page, store, now: scenario.start)
        if start.isByHand {
            let name = "\(page)/\(person.person)"
            _ = try await store.enroll(name, in: scenario.sequence.id, again: false, now: scenario.start)
        }
        guard try await !detail(store).enrollments.isEmpty else {
            throw SimulationError.doesNotStart(sequence: scenario.sequence.id, rule: "\(start.rule)")
        }
    }

    /// Gives the person an address on a channel, and their consent to all messages there.
    private func give(_ channel: ChannelName, _ store: Store) async throws {
        let configured = scenario.catalog.channels.first { $0.rules.name == channel }
        guard let account = configured?.accounts.first else { return }
        let consents = Purpose.allCases.map {
            ConsentRecord(at: scenario.start, kind: .given, channel: channel, purpose: $0, source: .operatorCommand)
        }
        try await store.addAddress(
            "simulated",
            on: channel,
            account: account,
            to: scenario.person.person,
            agreeing: consents,
            now: scenario.start
        )
    }

    /// Jumps from event to event until the enrollment ends or nothing is due any more.
    private func play(
        _ store: Store,
        _ dispatcher: Dispatcher,
        page: String,
        _ recorder: inout TimelineRecorder
    ) async throws -> Timeline.End {
        let calendar = LocalCalendar(zone)
        // Replies of the same time keep the order in which they were given.
        var replies = scenario.replies.map { (at: calendar.instant($0.after, after: scenario.start), text: $0.text) }
            .enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)[...]
        var now = scenario.start
        for tick in 0..<Self.mostTicks {
            while let reply = replies.first, reply.at <= now {
                replies.removeFirst()
                recorder.wrote(reply.text, at: now)
                let said = Event.Kind.message(text: reply.text, payload: nil, ref: nil)
                try await take(said, key: "reply-\(tick)-\(replies.count)", page: page, store, now: now)
                try await recorder.look(at: detail(store), now: now)
            }
            var next = try await dispatcher.tick(now: now)
            while !dispatcher.isIdle {
                try await dispatcher.settleAll { now }
                next = try await dispatcher.tick(now: now)
            }
            let person = try await detail(store)
            recorder.look(at: person, now: now)
            guard let moment = [next, replies.first?.at].compactMap(\.self).min() else {
                return person.summary.underWay.isEmpty ? .over : .waits
            }
            guard moment < scenario.start + Self.longest else { return .cut }
            now = max(now, moment)
        }
        return .cut
    }

    private func take(_ kind: Event.Kind, key: String, page: String, _ store: Store, now: Instant) async throws {
        let event = Event(
            channel: ChannelRegistry.all[0].name,
            page: page,
            person: scenario.person.person,
            key: key,
            at: now,
            kind: kind,
            body: nil
        )
        _ = try await store.ingest([DatedEvent(event: event, at: now)], now: now)
    }

    private func detail(_ store: Store) async throws -> PersonDetail {
        try await store.person(scenario.person.person)
    }
}

/// The reason why a scenario cannot be simulated.
package enum SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
    case otherPage(sequence: String, page: String)
    case doesNotStart(sequence: String, rule: String)

    package var description: String {
        switch self {
        case .otherPage(let sequence, let page): "'\(sequence)' is not for the page \(page) ('pages')"
        case .doesNotStart(let sequence, let rule): "'\(sequence)' does not start with '\(rule)' for this person"
        }
    }
}

/// A channel that accepts and records every message.
final class RecordingChannel: Channel {
    private struct State {
        var count = 0
        var messages: [String: [MessagePart]] = [:]
    }

    private let state = Mutex(State())

    func deliver(_ message: OutgoingMessage) async -> Outcome {
        state.withLock { state in
            state.count += 1
            state.messages[message.key.step, default: []].append(message.part)
            return .accepted(messageID: "simulated-\(state.count)")
        }
    }

    /// Returns the messages of a step that were sent since the last call.
    func take(_ step: String) -> [MessagePart] {
        state.withLock { $0.messages.removeValue(forKey: step) ?? [] }
    }
}

/// The shift of a step by quiet hours and off days.
package struct QuietHoursShift: Codable, Hashable, Sendable {
    /// The due time without them.
    package var from: Instant
    /// The rules that moved it, as the file writes them: `quiet: 21:30-08:00`, `days: mon,tue`.
    package var by: [String]

    /// Returns nil if nothing moved the step.
    init?(_ step: Step, in sequence: DripSequence, anchor: Instant, zone: TimeZone) {
        func due(quiet: QuietHours?, days: Weekdays) -> Instant {
            var other = sequence
            other.quiet = quiet
            other.days = days
            return other.due(step, anchor: anchor, zone: zone)
        }
        from = due(quiet: nil, days: .all)
        let byQuiet = due(quiet: sequence.quiet, days: .all)
        let byBoth = sequence.due(step, anchor: anchor, zone: zone)
        guard from != byBoth else { return nil }
        by = []
        if let quiet = sequence.quiet, byQuiet != from { by.append("quiet: \(quiet)") }
        if byBoth != byQuiet { by.append("days: \(sequence.days)") }
    }
}
