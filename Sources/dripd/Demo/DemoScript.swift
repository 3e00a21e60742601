import Channels
import DripCore
import Foundation

/// What the demo's customers write, and what must reach them. Computed from the sequence files before anything is sent.
///
/// If a step asks for an e-mail address, the last customer leaves one, and is silent from then on.
struct DemoScript {
    /// A message that must arrive exactly once.
    struct Expected: Hashable {
        let person: Int
        let sequence: String
        let step: String
        let part: Int
        let due: Instant
        /// Whether it comes by e-mail.
        let isMail: Bool
    }

    /// A message that a customer writes.
    struct Writing {
        let person: Int
        let at: Instant
        let text: String
    }

    let people = ["Khách A", "Khách B", "Khách C"]
    let start: Instant
    let expected: [Expected]
    /// In chronological order.
    let writings: [Writing]

    /// The address that the last customer leaves; nil if no step asks for one.
    let mailbox: String?
    static let offeredMailbox = "khach-c@example.com"

    /// How long before a step a customer writes again if the window would be closed: the platform allows no messages after
    /// 24 hours of silence.
    private static let ahead = Milliseconds.hours(3)

    init(catalog: Catalog, start: Instant) {
        self.start = start
        let greetings = ["Shop ơi, mẫu này còn không ạ?", "Cho mình xem bảng giá với!", "Shop có giao về tỉnh không?"]
        let returns = ["Mình vẫn đang xem nhé.", "Dạ để mình hỏi người nhà đã.", "Cảm ơn shop!", "Ok shop ơi."]
        let sequences = catalog.sequences.values.filter { $0.start.contains(.firstMessage) }
        let asks = sequences.contains { $0.steps.contains { $0.ask?.channel == .email } }
        mailbox = asks ? Self.offeredMailbox : nil
        var expected: [Expected] = []
        var writings: [Writing] = []
        for person in people.indices {
            // Hours apart, like real customers. On this fast clock, that is some tenths of a second.
            let first = start + .hours(Int64(3 + 7 * person))
            var last = first
            writings.append(Writing(person: person, at: first, text: greetings[person]))
            let leaves = asks && person == people.indices.last ? Self.asked(in: sequences, catalog, first) : nil
            if let leaves {
                last = leaves + .hours(5)
                writings.append(Writing(person: person, at: last, text: Self.offeredMailbox))
            }
            let closes = last + StandardWindow.length
            var due: [Expected] = []
            for sequence in sequences {
                for step in sequence.steps {
                    let at = sequence.due(step, anchor: first, zone: catalog.zone(for: nil, in: sequence))
                    let isMail = leaves != nil && at >= closes && step.channels[.email] != nil
                    for part in 0..<(isMail ? 1 : step.partCount) {
                        due.append(
                            Expected(
                                person: person,
                                sequence: sequence.id,
                                step: step.id,
                                part: part,
                                due: at,
                                isMail: isMail
                            )
                        )
                    }
                }
            }
            due.sort { $0.due < $1.due }
            for message in due where !message.isMail && message.due > last + .hours(20) {
                last = message.due - Self.ahead
                writings.append(
                    Writing(person: person, at: last, text: returns[(person + writings.count) % returns.count])
                )
            }
            expected += due
        }
        self.expected = expected.sorted { $0.due < $1.due }
        self.writings = writings.sorted { $0.at < $1.at }
    }

    /// Returns when the first step asks for an e-mail address.
    private static func asked(in sequences: [DripSequence], _ catalog: Catalog, _ first: Instant) -> Instant? {
        let asking = sequences.flatMap { sequence in
            sequence.steps.filter { $0.ask?.channel == .email }
                .map { sequence.due($0, anchor: first, zone: catalog.zone(for: nil, in: sequence)) }
        }
        return asking.min()
    }

    /// When the last message is due.
    var end: Instant { expected.last?.due ?? start }
}
