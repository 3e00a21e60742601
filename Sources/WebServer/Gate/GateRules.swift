import DripEngine
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// The rules that all gates of a server share.
struct GateRules: Sendable {
    /// The time after which an idle connection is closed.
    let idle: TimeAmount
    /// The time limit for receiving a whole request, and for the client to read its answer.
    let request: TimeAmount
    /// Whether the time limit of a request also includes the time to answer it.
    let limitsAnswers: Bool
    let answersJSON: Bool
    let budget: BodyBudget
    let connections: ConnectionTable
    let refusals: RefusalLog
    let date: HTTPDate
    /// Decides on a well-formed request by its header. It may rewrite the target.
    let check: @Sendable (inout HTTPRequestHead) -> RequestVerdict

    /// The limits on a request header. Clients of dripd send less, even with the fields that a proxy adds.
    static let longestField = 8 << 10
    static let longestHeader = 16 << 10
    static let mostFields = 100

    func refused(_ kind: RefusalLog.Kind) {
        WebMetrics.refused(kind)
        refusals.note(kind)
    }

    func text(of refusal: Refusal) -> (body: String, type: String) {
        // The texts contain no character that JSON escapes.
        answersJSON
            ? (#"{"error":"\#(refusal.text)"}"#, "application/json") : (refusal.text, "text/plain; charset=utf-8")
    }
}

extension HTTPServerBuilder {
    /// Returns a builder of HTTP/1.1 connections with gates.
    /// - Parameter others: further handlers of each connection, before the gates.
    static func gated(
        _ rules: GateRules,
        also others: @autoclosure @escaping @Sendable () -> [any RemovableChannelHandler] = []
    ) -> HTTPServerBuilder {
        .http1(
            configuration: .init(
                additionalChannelHandlers: [GateInstaller(rules)] + others(),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: GateRules.longestField,
                    maxHeaderListSize: GateRules.longestHeader,
                    maxHeaderFieldCount: GateRules.mostFields
                )
            )
        )
    }
}

/// The limits on the clients of the public server.
package struct ClientLimits: Sendable {
    /// The time after which an idle connection is closed.
    package var idle: Duration
    /// The time limit for receiving a whole request, and for the client to read its answer.
    package var request: Duration
    /// The maximum number of open connections; each uses a file descriptor.
    package var connections: Int
    package var bodies: BodyLimits

    package init(idle: Duration, request: Duration, connections: Int, bodies: BodyLimits = .standard) {
        self.idle = idle
        self.request = request
        self.connections = connections
        self.bodies = bodies
    }

    /// Limits for the platform's webhooks: a few kilobytes, over a fast network or through a proxy on this machine.
    package static let standard = ClientLimits(idle: .seconds(60), request: .seconds(30), connections: 1_000)
}
