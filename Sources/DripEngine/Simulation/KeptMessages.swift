import Channels
import DripCore
import Synchronization

/// A channel that accepts everything and keeps it.
final class KeptMessages: Channel {
    private struct State {
        var count = 0
        var messages: [String: [MessagePart]] = [:]
    }

    private let state = Mutex(State())

    func deliver(_ part: MessagePart, from page: String, to recipient: Recipient, key: DeliveryKey) async -> Outcome {
        state.withLock { state in
            state.count += 1
            state.messages[key.step, default: []].append(part)
            return .accepted(messageID: "simulated-\(state.count)")
        }
    }

    func show(_ typing: Typing, from page: String) async {}

    /// What went out of a step since it was last asked for.
    func take(_ step: String) -> [MessagePart] {
        state.withLock { $0.messages.removeValue(forKey: step) ?? [] }
    }
}
