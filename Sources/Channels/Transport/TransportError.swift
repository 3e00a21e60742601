/// There is no usable answer.
package struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether the server may have acted upon the request.
    ///
    /// libcurl writes header and body at once, and says beforehand that it has a connection to write them to: a request
    /// certainly never left as long as there was none. Everything else may have arrived.
    package enum Arrival: Sendable, Hashable {
        /// No complete request left this machine: safe to send again.
        case certainlyNot
        /// It may have been processed: never send it again without asking the server first.
        case perhaps
    }

    /// A bounded word, fit for a metric's label.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The request cannot be sent as it stands: another URL scheme, a line break in a header.
        case invalidRequest = "invalid_request"
        /// The host's name has no address.
        case resolve
        /// Nothing listens there, or the network does not lead there.
        case connect
        /// No secure connection: handshake, certificate or host name.
        case tls
        /// A time limit passed: `connectMilliseconds` or `totalMilliseconds`.
        case timeout
        /// `stallSeconds` passed with hardly a byte.
        case stall
        /// The connection ended before the answer did.
        case cut
        /// The answer exceeds `TransportLimits`.
        case tooLarge = "too_large"
        /// What came is not HTTP, or broke its rules.
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
    /// For the operator. Holds neither the URL's path nor its query nor a header: tokens travel in all three.
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
