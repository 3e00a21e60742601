/// The injected faults that are still pending, in the order in which they were requested.
struct FaultQueue: Sendable {
    static let delayLimitMilliseconds: Int64 = 600_000

    private var pending = CountedQueue<Fault>()

    mutating func append(_ fault: Fault) throws(ControlError) {
        if case .delay(let milliseconds) = fault.kind { try Self.checkDelay(milliseconds) }
        try pending.append(fault, count: fault.count)
    }

    static func checkDelay(_ milliseconds: Int64) throws(ControlError) {
        guard (0...delayLimitMilliseconds).contains(milliseconds) else {
            throw .invalid("milliseconds must be from 0 to \(delayLimitMilliseconds)")
        }
    }

    mutating func removeAll() {
        pending.removeAll()
    }

    /// Consumes one occurrence of the first fault that applies to a call for `person`.
    mutating func takeForCall(to person: String) -> Fault.Kind? {
        pending.take { $0.kind != .duplicateWebhook && ($0.person == nil || $0.person == person) }?.kind
    }

    /// Consumes one occurrence of the first duplication that applies to a webhook about `person`.
    mutating func takeDuplication(for person: String) -> Bool {
        pending.take { $0.kind == .duplicateWebhook && ($0.person == nil || $0.person == person) } != nil
    }
}

/// An error that the sandbox produces on request, `count` times.
package struct Fault: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The call is handled at once and answered after this many real milliseconds.
        case delay(milliseconds: Int64)
        /// The call is refused with this error, even if it is valid or has another error.
        case error(code: Int, subcode: Int?)
        /// The call is handled, but the connection is closed without an answer.
        case lostAnswer
        /// The connection is closed and the call is not handled.
        case refuse
        /// The next webhook is sent twice.
        case duplicateWebhook
    }

    package let kind: Kind
    /// The only person that the fault applies to; nil for all people.
    package let person: String?
    package let count: Int

    package init(kind: Kind, person: String?, count: Int) {
        self.kind = kind
        self.person = person
        self.count = count
    }
}

/// Which app may write in a conversation: https://developers.facebook.com/docs/messenger-platform/handover-protocol
package enum Handover: String, Sendable, CaseIterable {
    /// Another app takes control from the page's app.
    case take
    /// Another app passes control to the page's app.
    case pass
    /// Another app requests control; that changes nothing yet.
    case request
}
