import Synchronization

/// How many bytes of bodies a server holds at once, over all connections.
package struct BodyLimits: Sendable {
    /// Bytes of all bodies that have come and are not answered.
    package var total: Int
    /// A body up to this size takes the place of larger unfinished ones where there is no other: webhooks are some kilobytes,
    /// and 1,000 connections with bodies of this size fit.
    package var small: Int
    /// Unfinished bodies of one client at once; clients on this machine and in private networks have no such limit, since a
    /// proxy there passes on everybody's.
    package var perPeer: Int

    package init(total: Int, small: Int, perPeer: Int) {
        self.total = total
        self.small = small
        self.perPeer = perPeer
    }

    package static let standard = BodyLimits(total: 64 << 20, small: 64 << 10, perPeer: 8)
}

/// The bytes of bodies that are in memory. A body is counted as it comes, and until it is answered.
final class BodyBudget: Sendable {
    fileprivate struct Body {
        let peer: PeerAddress
        let evict: @Sendable () -> Void
        var bytes = 0
        var isWhole = false
    }

    fileprivate struct State {
        var used = 0
        var bodies: [Int: Body] = [:]
        /// Unfinished ones.
        var perPeer: [PeerAddress: Int] = [:]
        var last = 0
        /// The most since memory was last given back.
        var peak = 0
    }

    private let limits: BodyLimits
    private let state = Mutex(State())
    private let giveBack: @Sendable () -> Void

    /// After this much the memory is given back to the system.
    private static let worthGivingBack = 8 << 20

    /// - Parameter giveBack: gives freed memory back to the system.
    init(_ limits: BodyLimits, giveBack: @escaping @Sendable () -> Void) {
        self.limits = limits
        self.giveBack = giveBack
    }

    var used: Int { state.withLock { $0.used } }

    /// A body that is about to come.
    /// - Parameter evict: called from anywhere when its place is taken; it counts no more then.
    /// - Returns: its number; nil where the client has too many unfinished ones.
    func open(_ peer: PeerAddress, evict: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            guard peer.isNear || state.perPeer[peer, default: 0] < limits.perPeer else { return nil }
            state.perPeer[peer, default: 0] += 1
            state.last += 1
            state.bodies[state.last] = Body(peer: peer, evict: evict)
            return state.last
        }
    }

    /// - Returns: false where there is no room for these bytes.
    func add(_ bytes: Int, to number: Int) -> Bool {
        let (hasRoom, evicted) = state.withLock { $0.add(bytes, to: number, limits) }
        for body in evicted { body.evict() }
        return hasRoom
    }

    /// All of it has come.
    func markWhole(_ number: Int) {
        state.withLock { state in
            guard let body = state.bodies[number], !body.isWhole else { return }
            state.bodies[number]?.isWhole = true
            state.forget(body.peer)
        }
    }

    /// It is answered, or its connection is gone.
    func close(_ number: Int) {
        let isOver = state.withLock { state in
            state.remove(number)
            guard state.used == 0, state.peak >= Self.worthGivingBack else { return false }
            state.peak = 0
            return true
        }
        if isOver { giveBack() }
    }
}

extension BodyBudget.State {
    fileprivate mutating func add(_ bytes: Int, to number: Int, _ limits: BodyLimits) -> (Bool, [BodyBudget.Body]) {
        guard let size = bodies[number].map({ $0.bytes + bytes }) else { return (false, []) }
        var evicted: [BodyBudget.Body] = []
        while used + bytes > limits.total {
            guard size <= limits.small,
                let largest = bodies.filter({ !$0.value.isWhole && $0.key != number })
                    .max(by: { ($0.value.bytes, $1.key) < ($1.value.bytes, $0.key) }),
                largest.value.bytes > size
            else { return (false, evicted) }
            evicted.append(largest.value)
            remove(largest.key)
        }
        bodies[number]?.bytes = size
        used += bytes
        peak = max(peak, used)
        return (true, evicted)
    }

    fileprivate mutating func remove(_ number: Int) {
        guard let body = bodies.removeValue(forKey: number) else { return }
        used -= body.bytes
        if !body.isWhole { forget(body.peer) }
    }

    /// One unfinished body less.
    fileprivate mutating func forget(_ peer: PeerAddress) {
        guard let count = perPeer[peer] else { return }
        perPeer[peer] = count > 1 ? count - 1 : nil
    }
}
