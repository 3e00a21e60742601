import DripCore
import TestSupport

/// What an event causes, as text that a test can show: `end care replied`, `enroll vip 2 tag:vip`.
struct Decision {
    let changes: [Change]

    /// - Parameter underWay: sequences that the person is in, each begun a day before `at`.
    init(
        _ sequences: [DripSequence],
        _ event: Event,
        at: Instant = .start,
        of person: Person? = .make(firstMessageAt: .start - .days(9)),
        underWay: [String] = [],
        rounds: [String: Round] = [:]
    ) {
        let begun = Round(number: 1, anchor: at - .days(1), underWay: true)
        let rounds = rounds.merging(underWay.map { ($0, begun) }) { given, _ in given }
        changes = Catalog(zone: .hoChiMinh, sequences: sequences)
            .decide(event, at: at, person: person, rounds: rounds)
    }

    /// A tap that gives a tag.
    init(tag: String, _ sequences: [DripSequence], of person: Person, underWay: [String] = []) {
        let tap = Event.of(.postback(payload: Tap.tag(tag).description, ref: nil), key: "tap")
        self.init(sequences, tap, of: person, underWay: underWay)
    }

    /// All but what every message of a known person does.
    var effects: [String] {
        changes.compactMap { change in
            switch change {
            case .firstMessage, .openWindow, .wrote: nil
            case .received(_, let read): read ? "read" : "delivered"
            case .humanWrote: "human"
            case .tag(let tag): "tag \(tag)"
            case .subscriptions(let all): "subscriptions \(all.map(\.token))"
            case .attribute(let name, let value): "\(name) \(value)"
            case .address(let channel, let address, let consent):
                "address \(channel.rawValue) \(address) for \(consent.purpose?.rawValue ?? "everything")"
            case .end(let sequence, let reason): "end \(sequence) \(reason.rawValue)"
            case .stop: "stop"
            case .pause: "pause"
            case .resume: "resume"
            case .enroll(let new): "enroll \(new.sequence) \(new.round) \(new.cause)"
            case .startLimitReached(let sequence): "begun too often: \(sequence)"
            case .confirm: "confirm"
            }
        }
    }
}
