/// Requested faults that are still pending, in order. Each happens a number of times.
struct CountedQueue<Fault: Sendable>: Sendable {
    static var limit: Int { 1000 }
    static var countLimit: Int { 100_000 }

    private var pending: [(fault: Fault, skips: Int, left: Int)] = []

    /// - Parameter skip: how many matching calls are spared first.
    mutating func append(_ fault: Fault, count: Int, skip: Int = 0) throws(ControlError) {
        guard pending.count < Self.limit else { throw .full("\(Self.limit) faults are pending") }
        guard (1...Self.countLimit).contains(count) else {
            throw .invalid("count must be from 1 to \(Self.countLimit)")
        }
        guard (0...Self.countLimit).contains(skip) else {
            throw .invalid("skip must be from 0 to \(Self.countLimit)")
        }
        pending.append((fault, skip, count))
    }

    mutating func removeAll() {
        pending.removeAll()
    }

    /// Consumes one occurrence of the first fault that matches and has spared its calls.
    mutating func take(where matches: (Fault) -> Bool) -> Fault? {
        for index in pending.indices where matches(pending[index].fault) {
            if pending[index].skips > 0 {
                pending[index].skips -= 1
                continue
            }
            let fault = pending[index].fault
            pending[index].left -= 1
            if pending[index].left == 0 { pending.remove(at: index) }
            return fault
        }
        return nil
    }
}
