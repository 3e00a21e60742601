/// The interface between the channels and the network: one request out, one answer back.
package protocol Transport: Sendable {
    /// Sends the request once and waits for the whole answer. Every status is an answer: 500 is not an error here.
    ///
    /// Cancelling the task has no effect. A request that has begun is completed, because a message whose outcome was not
    /// awaited is in doubt. The request's time limits bound the wait.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}

/// A failure without a usable answer.
package struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether the server may have acted on the request.
    ///
    /// libcurl reports a connection before it writes the header and the body to it, both at once. Without that report, the
    /// request certainly did not leave. In every other case it may have arrived.
    package enum Arrival: Sendable, Hashable {
        /// No complete request left this machine: safe to send again.
        case certainlyNot
        /// It may have been processed: never send it again without asking the server first.
        case perhaps
    }

    /// The kind of failure, from a fixed list: it is a metric label.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The request cannot be sent as it is: an unsupported URL scheme, a line break in a header.
        case invalidRequest = "invalid_request"
        /// The host name has no address.
        case resolve
        /// Nothing listens at the address, or the network does not reach it.
        case connect
        /// No secure connection: handshake, certificate or host name.
        case tls
        /// A time limit passed: `connectMilliseconds` or `totalMilliseconds`.
        case timeout
        /// `stallSeconds` passed with almost no data.
        case stall
        /// The connection ended before the whole answer arrived.
        case cut
        /// The answer exceeds `TransportLimits`.
        case tooLarge = "too_large"
        /// The answer is not valid HTTP.
        case `protocol`
        /// `TransportLimits.requests` are under way already.
        case overloaded
        /// The transport is shut down.
        case shutDown = "shut_down"
        /// libcurl ran out of memory, or lacks a feature.
        case `internal`
    }

    package let arrival: Arrival
    package let kind: Kind
    /// For the operator. It contains no path, query or header of the request: all three may contain tokens.
    package let message: String

    package init(arrival: Arrival, kind: Kind, message: String) {
        self.arrival = arrival
        self.kind = kind
        self.message = message
    }

    package var description: String {
        switch arrival {
        case .certainlyNot: "\(message) (the request was not sent)"
        case .perhaps: "\(message) (the request may have arrived)"
        }
    }
}

/// The limits of one `CurlTransport`. Each is at least 1.
package struct TransportLimits: Sendable, Hashable {
    /// The maximum number of unanswered requests; another one fails with `overloaded`.
    package var requests = 4_096
    /// The maximum number of connections to one host and port, and so of requests under way there.
    package var connectionsPerHost = 64
    package var connections = 256
    package var responseBodyBytes = 1 << 20
    /// Includes status lines and interim answers.
    package var responseHeaderBytes = 64 << 10
    /// The longest idle time after which a connection is used again. Servers close idle connections without notice, and a POST
    /// that meets the close is in doubt. The younger the connection, the rarer that is.
    package var idleConnectionSeconds = 30

    package init() {}

    var all: [Int] {
        [requests, connectionsPerHost, connections, responseBodyBytes, responseHeaderBytes, idleConnectionSeconds]
    }
}
