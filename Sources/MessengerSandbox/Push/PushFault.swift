/// An error that the push service produces on request.
package struct PushFault: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The message is handled at once and answered after this many real milliseconds.
        case delay(milliseconds: Int64)
        /// The message is refused with this status, even if it is valid.
        ///
        /// - Parameter retryAfter: the value of `Retry-After`: seconds or a date.
        case error(status: Int, retryAfter: String? = nil)
        /// The message is handled, but the connection is closed without an answer.
        case lostAnswer
        /// The connection is closed and the message is not handled.
        case refuse
    }

    private static let retryAfterLimit = 100

    package let kind: Kind
    /// The only subscription that the fault applies to; nil for all.
    package let endpoint: String?
    package let count: Int

    package init(kind: Kind, endpoint: String? = nil, count: Int = 1) {
        self.kind = kind
        self.endpoint = endpoint
        self.count = count
    }

    func validate() throws(ControlError) {
        switch kind {
        case .delay(let milliseconds):
            try FaultQueue.checkDelay(milliseconds)
        case .error(let status, let retryAfter):
            guard (400...599).contains(status) else { throw .invalid("status must be from 400 to 599") }
            let value = retryAfter ?? ""
            guard value.utf8.count <= Self.retryAfterLimit, value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
                throw .invalid("retry_after has at most \(Self.retryAfterLimit) ASCII characters")
            }
        case .lostAnswer, .refuse:
            break
        }
    }
}
