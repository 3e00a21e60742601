import DripCore
import Synchronization

/// Holds what arrived against what must arrive.
final class DemoTally: Sendable {
    /// One message as the platform shows it: whose, and which part of which step.
    struct Key: Hashable {
        let person: Int
        let step: String
        let part: Int
    }

    private struct State {
        var arrived: [Key: Int] = [:]
        var unexpected: [String] = []
    }

    private let expected: [Key: Int]
    private let state = Mutex(State())

    init(_ messages: [DemoScript.Expected]) {
        expected = Dictionary(messages.map { (Key($0), 1) }, uniquingKeysWith: +)
    }

    /// - Parameter metadata: what the message carried.
    /// - Returns: which message it was; nil for one that nobody expected.
    func arrived(person: Int, metadata: String?) -> Key? {
        let key = metadata.flatMap(DeliveryKey.init).map { Key(person: person, step: $0.step, part: $0.part) }
        return state.withLock { state in
            guard let key, expected[key] != nil else {
                state.unexpected.append(metadata ?? "a message without a key")
                return nil
            }
            state.arrived[key, default: 0] += 1
            return key
        }
    }

    func isMissing(_ message: DemoScript.Expected) -> Bool {
        state.withLock { $0.arrived[Key(message)] == nil }
    }

    var isComplete: Bool {
        state.withLock { state in expected.allSatisfy { state.arrived[$0.key, default: 0] >= $0.value } }
    }

    /// Everything that is not as it must be, a line each; empty when each message arrived exactly once.
    func faults(people: [String]) -> [String] {
        state.withLock { state in
            var faults: [String] = []
            for (key, count) in expected.sorted(by: { ($0.key.person, $0.key.step) < ($1.key.person, $1.key.step) }) {
                let arrived = state.arrived[key, default: 0]
                if arrived != count { faults.append("\(people[key.person]), \(key.step): arrived \(arrived) times") }
            }
            return faults + state.unexpected.map { "unexpected: \($0)" }
        }
    }
}

extension DemoTally.Key {
    fileprivate init(_ message: DemoScript.Expected) {
        self.init(person: message.person, step: message.step, part: message.part)
    }
}
