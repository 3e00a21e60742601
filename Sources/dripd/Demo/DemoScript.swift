import DripCore
import Foundation

/// What the demo's customers write, and what must reach them. Computed from the sequence files before anything is sent.
struct DemoScript {
    /// A message that must arrive exactly once.
    struct Expected: Hashable {
        let person: Int
        let sequence: String
        let step: String
        let part: Int
        let due: Instant
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

    /// How long before a step a customer writes again if the window would be closed: the platform allows no messages after
    /// 24 hours of silence.
    private static let ahead = Milliseconds.hours(3)

    init(catalog: Catalog, start: Instant) {
        self.start = start
        let greetings = ["Shop ơi, mẫu này còn không ạ?", "Cho mình xem bảng giá với!", "Shop có giao về tỉnh không?"]
        let returns = ["Mình vẫn đang xem nhé.", "Dạ để mình hỏi người nhà đã.", "Cảm ơn shop!", "Ok shop ơi."]
        var expected: [Expected] = []
        var writings: [Writing] = []
        for person in 0..<3 {
            // Hours apart, like real customers. On this fast clock, that is some tenths of a second.
            let first = start + .hours(Int64(3 + 7 * person))
            var due: [Expected] = []
            for sequence in catalog.sequences.values where sequence.start.contains(.firstMessage) {
                for step in sequence.steps {
                    let at = sequence.due(step, anchor: first, zone: catalog.zone(for: nil, in: sequence))
                    for part in 0..<step.partCount {
                        due.append(Expected(person: person, sequence: sequence.id, step: step.id, part: part, due: at))
                    }
                }
            }
            due.sort { $0.due < $1.due }
            writings.append(Writing(person: person, at: first, text: greetings[person]))
            var last = first
            for message in due where message.due > last + .hours(20) {
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

    /// When the last message is due.
    var end: Instant { expected.last?.due ?? start }
}
