import DripEngine
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// What a server's gates share.
struct GateRules: Sendable {
    /// A connection that nothing comes from ends after this.
    let idle: TimeAmount
    /// A whole request takes no longer, nor does reading its answer.
    let request: TimeAmount
    /// Whether an answer that takes longer than a request may ends its connection.
    let limitsAnswers: Bool
    let answersJSON: Bool
    let budget: BodyBudget
    let connections: ConnectionTable
    let refusals: RefusalLog
    let date: HTTPDate
    /// Decides by its header over a request that is well-formed; may write its target anew.
    let check: @Sendable (inout HTTPRequestHead) -> RequestVerdict

    /// More than this is no header of a client of ours. A proxy adds some fields.
    static let longestField = 8 << 10
    static let longestHeader = 16 << 10
    static let mostFields = 100

    func refused(_ kind: RefusalLog.Kind) {
        WebMetrics.refused(kind)
        refusals.note(kind)
    }

    func text(of refusal: Refusal) -> (body: String, type: String) {
        // The texts have no character that JSON would escape.
        answersJSON
            ? (#"{"error":"\#(refusal.text)"}"#, "application/json") : (refusal.text, "text/plain; charset=utf-8")
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 behind gates.
    /// - Parameter others: what else each connection has, before them.
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
