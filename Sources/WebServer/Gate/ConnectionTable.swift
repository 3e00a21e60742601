import NIOCore
import Synchronization

/// A connection, with the state that decides which one is closed if there are too many. Its own event loop writes the state,
/// the listener's event loop reads it.
final class Connection: Sendable {
    enum Phase {
        /// No whole request has arrived yet.
        case new
        case answering
        case idle
    }

    struct ConnectionState {
        var phase = Phase.new
        var since: NIODeadline
        /// Whether a signed webhook has come over this connection. A proxy keeps such a connection open for the next webhook.
        var broughtWebhook = false
    }

    let channel: any Channel
    private let state: Mutex<ConnectionState>
    /// nil until it is known: NIO reads the address after the connection has passed the listener.
    private let knownPeer: Mutex<PeerAddress?>

    init(_ channel: any Channel, peer: PeerAddress? = nil, standing: ConnectionState = ConnectionState(since: .now())) {
        self.channel = channel
        state = Mutex(standing)
        knownPeer = Mutex(peer)
    }

    var standing: ConnectionState { state.withLock { $0 } }

    var peer: PeerAddress {
        knownPeer.withLock { known in
            if let known { return known }
            guard let address = channel.remoteAddress else { return PeerAddress(nil) }
            let peer = PeerAddress(address)
            known = peer
            return peer
        }
    }

    func markAnswering() { change(to: .answering) }
    func markIdle() { change(to: .idle) }
    func markWebhook() { state.withLock { $0.broughtWebhook = true } }

    private func change(to phase: Phase) {
        state.withLock { state in
            state.phase = phase
            state.since = .now()
        }
    }
}

/// A server's open connections.
final class ConnectionTable: Sendable {
    private let open = Mutex<[ObjectIdentifier: Connection]>([:])

    /// How long a new connection is presumed to be about to send its request.
    static let young = TimeAmount.seconds(2)

    var count: Int { open.withLock { $0.count } }

    func add(_ connection: Connection) {
        open.withLock { $0[ObjectIdentifier(connection.channel)] = connection }
    }

    func remove(_ connection: Connection) {
        open.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(connection.channel)) }
    }

    func connection(of channel: any Channel) -> Connection? {
        open.withLock { $0[ObjectIdentifier(channel)] }
    }

    /// Removes and returns the least useful connection. Idle connections come before busy ones, then those of the client with
    /// the most connections, then the one that has been in its state longest.
    func evictLeastUseful(except newest: Connection, now: NIODeadline) -> Connection? {
        open.withLock { open in
            let ranked = open.values.filter { $0 !== newest }.map { connection in
                let standing = connection.standing
                return (connection, Rank(standing, now: now), standing.since)
            }
            guard let rank = ranked.map(\.1).min() else { return nil }
            let candidates = ranked.filter { $0.1 == rank }
            let peers = candidates.map(\.0.peer)
            let counts = Dictionary(peers.map { ($0, 1) }, uniquingKeysWith: +)
            let least = zip(candidates, peers).min { left, right in
                (-counts[left.1, default: 0], left.0.2) < (-counts[right.1, default: 0], right.0.2)
            }?.0
            if let least { open[ObjectIdentifier(least.0.channel)] = nil }
            return least?.0
        }
    }

    private enum Rank: Int, Comparable {
        /// It is new and has sent no request for a while, or it is idle and never brought a webhook.
        case useless
        case young
        /// It is idle, and has brought a webhook.
        case proven
        case busy

        init(_ standing: Connection.ConnectionState, now: NIODeadline) {
            switch standing.phase {
            case .new: self = now - standing.since < ConnectionTable.young ? .young : .useless
            case .idle: self = standing.broughtWebhook ? .proven : .useless
            case .answering: self = .busy
            }
        }

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }
}
