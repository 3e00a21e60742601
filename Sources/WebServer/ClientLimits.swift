import NIOCore

/// How much of the public server its clients may take.
package struct ClientLimits: Sendable {
    /// Nothing comes.
    package var idle: Duration
    /// A whole request comes no faster, or its answer is read no faster.
    package var request: Duration
    /// At once; each is a file that this process has open.
    package var connections: Int
    package var bodies: BodyLimits

    package init(idle: Duration, request: Duration, connections: Int, bodies: BodyLimits = .standard) {
        self.idle = idle
        self.request = request
        self.connections = connections
        self.bodies = bodies
    }

    /// The platform's webhooks are some kilobytes, and come over a good line or through a proxy on this machine.
    package static let standard = ClientLimits(idle: .seconds(60), request: .seconds(30), connections: 1_000)
}
