import DripCore
import DripStore
import Foundation
import Logging

/// Runs the engine itself, store and dispatcher, in virtual time: the clock jumps from one due time to the next, and a
/// month takes as long as its transactions.
package struct Simulation: Sendable {
    private let scenario: Scenario
    private let zone: TimeZone

    /// Nothing that a file can ask for lies further ahead: ten years to the last step, and some time to wait for the person.
    private static let longest = Span.days(12 * 366)
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
        let messages = KeptMessages()
        var recorder = TimelineRecorder(scenario, zone: zone, messages: messages)
        let lane = try await store.lanes(channel: "messenger", pages: [page])[0]
        let dispatcher = Dispatcher(
            store: store,
            channel: messages,
            lanes: LaneTable([Lane(id: lane, page: page, perSecond: 10)]),
            limits: DispatchLimits(),
            random: { 0.5 },
            want: { _ in },
            logger: Logger(label: "simulate", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        _ = try await store.adopt(scenario.catalog, versions: [], plan: nil, now: scenario.start)
        for (kind, file) in scenario.catalog.sequences.values.flatMap(\.steps).flatMap(\.files) {
            let upload = Upload(lane: lane, page: page, kind: kind, file: file)
            try await store.keep("simulated", of: upload, now: scenario.start + Self.longest)
        }
        let start = SimulatedStart(scenario.sequence)
        try await begin(start, store, lane: lane, page: page)
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

    private func begin(_ start: SimulatedStart, _ store: Store, lane: LaneID, page: String) async throws {
        let person = scenario.person
        try await store.introduce(
            person.person,
            lane: lane,
            attributes: person.attributes,
            tags: start.tags(of: person),
            zone: person.zone.flatMap(TimeZone.init(identifier:)),
            now: scenario.start
        )
        try await take(start.event, key: "start", page: page, store, now: scenario.start)
        if start.isByHand {
            let name = "\(page)/\(person.person)"
            _ = try await store.enroll(name, in: scenario.sequence.id, again: false, now: scenario.start)
        }
        guard try await !detail(store).enrollments.isEmpty else {
            throw SimulationError.doesNotStart(sequence: scenario.sequence.id, rule: "\(start.rule)")
        }
    }

    /// Jumps from one moment at which something happens to the next.
    private func play(
        _ store: Store,
        _ dispatcher: Dispatcher,
        page: String,
        _ recorder: inout TimelineRecorder
    ) async throws -> Timeline.End {
        let calendar = LocalCalendar(zone)
        // In the order in which they were given, where two are at once.
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
        let event = Event(page: page, person: scenario.person.person, key: key, at: now, kind: kind, body: nil)
        _ = try await store.take([DatedEvent(event: event, at: now)], now: now)
    }

    private func detail(_ store: Store) async throws -> PersonDetail {
        try await store.person(scenario.person.person)
    }
}

/// Why a scenario cannot be played.
package enum SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
    case otherPage(sequence: String, page: String)
    case doesNotStart(sequence: String, rule: String)

    package var description: String {
        switch self {
        case .otherPage(let sequence, let page): "'\(sequence)' is not for the page \(page) ('pages')"
        case .doesNotStart(let sequence, let rule): "'\(sequence)' does not start by '\(rule)' for this person"
        }
    }
}
