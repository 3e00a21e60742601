import NIOCore

/// How long a client of the public server may keep it waiting.
package struct ClientLimits: Sendable {
    /// Nothing comes, or no whole header does.
    package var idle: Duration
    /// A whole request comes no faster.
    package var request: Duration

    package init(idle: Duration, request: Duration) {
        self.idle = idle
        self.request = request
    }

    /// The platform's webhooks are some kilobytes, and come over a good line or through a proxy on this machine.
    package static let standard = ClientLimits(idle: .seconds(60), request: .seconds(30))
}
