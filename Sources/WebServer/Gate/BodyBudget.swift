import Foundation
import Glibc
import Synchronization

/// The limits on request bodies that a server holds at once, over all connections.
package struct BodyLimits: Sendable {
    /// The maximum total size of the bodies that have arrived and are not answered yet, in bytes.
    package var total: Int
    /// If the budget is full, a body up to this size takes the place of larger unfinished ones. Webhooks have a few kilobytes,
    /// and 1,000 bodies of this size fit into the standard budget.
    package var small: Int
    /// The maximum number of unfinished bodies of one client. Clients on this machine and in private networks have no such
    /// limit, because a proxy there forwards the bodies of all clients.
    package var perPeer: Int

    package init(total: Int, small: Int, perPeer: Int) {
        self.total = total
        self.small = small
        self.perPeer = perPeer
    }

    package static let standard = BodyLimits(total: 64 << 20, small: 64 << 10, perPeer: 8)
}

/// The budget for bodies in memory. The bytes of a body count from their arrival until the body is answered.
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
        /// The number of unfinished bodies of each client.
        var perPeer: [PeerAddress: Int] = [:]
        var last = 0
        /// The highest `used` since memory was last returned to the system.
        var peak = 0
    }

    private let limits: BodyLimits
    private let state = Mutex(State())
    private let releaseMemory: @Sendable () -> Void

    /// The peak from which freed memory is returned to the system.
    private static let worthGivingBack = 8 << 20

    /// - Parameter releaseMemory: returns freed memory to the system.
    init(_ limits: BodyLimits, releaseMemory: @escaping @Sendable () -> Void) {
        self.limits = limits
        self.releaseMemory = releaseMemory
    }

    var used: Int { state.withLock { $0.used } }

    /// Registers a body that is about to arrive.
    /// - Parameter evict: called on any thread if a smaller body takes its place. The body then no longer counts.
    /// - Returns: the number of the body; nil if the client has too many unfinished ones.
    func open(_ peer: PeerAddress, evict: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            guard peer.isNear || state.perPeer[peer, default: 0] < limits.perPeer else { return nil }
            state.perPeer[peer, default: 0] += 1
            state.last += 1
            state.bodies[state.last] = Body(peer: peer, evict: evict)
            return state.last
        }
    }

    /// Adds received bytes to a body, and evicts larger bodies if necessary.
    /// - Returns: false if there is no room for these bytes.
    func add(_ bytes: Int, to number: Int) -> Bool {
        let (hasRoom, evicted) = state.withLock { $0.add(bytes, to: number, limits) }
        for body in evicted { body.evict() }
        return hasRoom
    }

    /// Records that a body is complete.
    func markWhole(_ number: Int) {
        state.withLock { state in
            guard let body = state.bodies[number], !body.isWhole else { return }
            state.bodies[number]?.isWhole = true
            state.forget(body.peer)
        }
    }

    /// Removes a body that is answered or whose connection is gone.
    func close(_ number: Int) {
        let isOver = state.withLock { state in
            state.remove(number)
            guard state.used == 0, state.peak >= Self.worthGivingBack else { return false }
            state.peak = 0
            return true
        }
        if isOver { releaseMemory() }
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

    /// Counts one unfinished body less for a client.
    fileprivate mutating func forget(_ peer: PeerAddress) {
        guard let count = perPeer[peer] else { return }
        perPeer[peer] = count > 1 ? count - 1 : nil
    }
}

/// Freed memory, which the allocator keeps for later allocations of this process.
enum FreeMemory {
    /// Returns it to the system, on a separate thread: this takes a few milliseconds after a flood of requests.
    static let releaseMemory: @Sendable () -> Void = {
        Thread.detachNewThread { _ = trim?(0) }
    }

    /// `malloc_trim(3)`, whose header is missing in Swift's Glibc module; nil with another C library.
    private static let trim: (@convention(c) (Int) -> CInt)? = dlsym(nil, "malloc_trim").map {
        unsafeBitCast($0, to: (@convention(c) (Int) -> CInt).self)
    }
}
