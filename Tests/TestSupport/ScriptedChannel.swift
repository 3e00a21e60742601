package import Channels
package import DripCore
import Synchronization

/// A channel that records its requests and answers them as the test says.
package final class ScriptedChannel: Channel {
    package struct Request: Hashable, Sendable {
        package let part: MessagePart
        package let page: String
        package let recipient: Recipient
        package let key: DeliveryKey

        /// The person's address; nil for a private reply.
        package var address: String? {
            if case .person(let address) = recipient { address } else { nil }
        }

        package init(part: MessagePart, page: String, recipient: Recipient, key: DeliveryKey) {
            self.part = part
            self.page = page
            self.recipient = recipient
            self.key = key
        }
    }

    private struct State {
        var requests: [Request] = []
        var answer: (@Sendable (Request) async -> Outcome)?
    }

    private let state = Mutex(State())

    /// The typing indicators that were shown, in order.
    package let typing: AsyncStream<Typing>
    private let showed: AsyncStream<Typing>.Continuation

    package init() {
        (typing, showed) = AsyncStream.makeStream()
    }

    /// Sets the answer to all further requests.
    package func answer(_ answer: @escaping @Sendable (Request) async -> Outcome) {
        state.withLock { $0.answer = answer }
    }

    /// Accepts all further requests: `m_1` is the first message's id, and so on.
    package func acceptAll() {
        let count = MessageCount()
        answer { _ in .accepted(messageID: "m_\(count.next())") }
    }

    package var requests: [Request] { state.withLock { $0.requests } }

    package func show(_ typing: Typing, from page: String) async {
        showed.yield(typing)
    }

    /// The texts of the requests, in order.
    package var texts: [String] {
        requests.map { request in
            if case .text(let text, _) = request.part.content { text } else { "\(request.part.content)" }
        }
    }

    package func deliver(_ message: OutgoingMessage) async -> Outcome {
        let request = Request(
            part: message.part,
            page: message.account,
            recipient: message.recipient,
            key: message.key
        )
        let answer = state.withLock { state in
            state.requests.append(request)
            return state.answer
        }
        guard let answer else { preconditionFailure("the test expects no delivery, but got: \(request)") }
        return await answer(request)
    }

    private final class MessageCount: Sendable {
        private let count = Atomic(0)

        func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    }
}
