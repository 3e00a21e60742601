import Hummingbird
import ServiceLifecycle

extension RouterGroup<SandboxRequestContext> {
    /// Adds a control call: a POST with a JSON object.
    func addControlCall(
        _ path: RouterPath,
        _ action: @escaping @Sendable (ControlBody) throws(ControlError) -> JSON
    ) {
        post(path) { request, context in
            let body = try await request.body.collect(upTo: context.maxUploadSize)
            do throws(ControlError) {
                return Response.json(try action(try ControlBody(Array(body.readableBytesView))))
            } catch {
                return Response.json(
                    ["error": .string(error.description)],
                    status: HTTPResponse.Status(code: error.status)
                )
            }
        }
    }
}

/// The query of a control call that lists entries: `after` and `wait`, both optional.
struct ListQuery {
    /// The longest time of a long poll in seconds, even if `wait` is higher.
    private static let longestWaitSeconds = 60

    /// Entries with a higher number are asked for.
    let after: Int
    private let waitSeconds: Int

    init(_ request: Request) {
        let query = request.uri.queryParameters
        after = query["after"].flatMap { Int($0) } ?? 0
        waitSeconds = query["wait"].flatMap { Int($0) } ?? 0
    }

    /// Returns the entries, or waits for the first. A long poll ends early if the server shuts down.
    func entries<Entry: Sendable>(
        now entries: @Sendable () -> [Entry],
        within waiting: @escaping @Sendable (Duration) async -> [Entry]
    ) async -> [Entry] {
        guard waitSeconds > 0 else { return entries() }
        let patience = Duration.seconds(min(waitSeconds, Self.longestWaitSeconds))
        return await cancelWhenGracefulShutdown { await waiting(patience) }
    }
}
