/// What one `CurlTransport` may use. Every limit is at least 1.
package struct TransportLimits: Sendable, Hashable {
    /// Requests handed over and not yet answered; one more fails as `overloaded`.
    package var requests = 4_096
    /// Connections to one host and port, and requests under way there.
    package var connectionsPerHost = 64
    package var connections = 256
    package var responseBodyBytes = 1 << 20
    /// Status lines and interim answers included.
    package var responseHeaderBytes = 64 << 10
    /// A connection idle for longer is not used again. Servers close idle connections without a word, and a POST that
    /// meets such a close is in doubt: the younger the connection, the rarer that is.
    package var idleConnectionSeconds = 30

    package init() {}

    var all: [Int] {
        [requests, connectionsPerHost, connections, responseBodyBytes, responseHeaderBytes, idleConnectionSeconds]
    }
}
