/// The faults that are still to happen, used up in the order in which they were asked for.
struct FaultQueue: Sendable {
    static let limit = 1000
    static let countLimit = 100_000
    static let delayLimitMilliseconds: Int64 = 600_000

    private var pending: [(fault: Fault, left: Int)] = []

    mutating func append(_ fault: Fault) throws(ControlError) {
        guard pending.count < Self.limit else { throw .full("\(Self.limit) faults are pending") }
        guard (1...Self.countLimit).contains(fault.count) else {
            throw .invalid("count must be from 1 to \(Self.countLimit)")
        }
        if case .delay(let milliseconds) = fault.kind, !(0...Self.delayLimitMilliseconds).contains(milliseconds) {
            throw .invalid("milliseconds must be from 0 to \(Self.delayLimitMilliseconds)")
        }
        pending.append((fault, fault.count))
    }

    mutating func removeAll() {
        pending.removeAll()
    }

    /// Uses up one of the first fault that hits a call for `person`.
    mutating func takeForCall(to person: String) -> Fault.Kind? {
        take { $0.kind != .duplicateWebhook && ($0.person == nil || $0.person == person) }
    }

    /// Uses up one of the first duplication that hits a webhook about `person`.
    mutating func takeDuplication(for person: String) -> Bool {
        take { $0.kind == .duplicateWebhook && ($0.person == nil || $0.person == person) } != nil
    }

    private mutating func take(where matches: (Fault) -> Bool) -> Fault.Kind? {
        guard let index = pending.firstIndex(where: { matches($0.fault) }) else { return nil }
        let kind = pending[index].fault.kind
        pending[index].left -= 1
        if pending[index].left == 0 { pending.remove(at: index) }
        return kind
    }
}
