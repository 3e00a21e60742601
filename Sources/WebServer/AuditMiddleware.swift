import DripEngine
import DripStore
import HTTPTypes
import Hummingbird

/// Has every request that may change something recorded, with who asked for it and what came of it. It stands where the errors
/// are still errors.
struct AuditMiddleware<Context: RequestContext>: RouterMiddleware {
    let operations: Operations

    /// What POST asks for and changes nothing. Whatever else is not a GET is recorded, as soon as there is a route for it.
    static var reading: Set<String> {
        ["/people/list", "/people/search", "/people/import", "/comments", "/plan", "/audit"]
    }

    static var verbs: [String: AuditVerb] {
        [
            "/people/enroll": .enroll, "/people/stop": .stop, "/people/resume": .resume,
            "/people/import/take": .takeImport, "/people/tag": .tag, "/people/untag": .untag,
            "/people/forget": .forget, "/jobs/resolve": .resolve, "/sync": .sync, "/hold/adopt": .adoptState,
            "/apply": .apply, "/reload": .reload,
        ]
    }

    @concurrent func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .head, !Self.reading.contains(request.uri.path) else {
            return try await next(request, context)
        }
        let peer = AuditPeer(
            HTTPField.Name(PeerHandler.header).flatMap { request.headers[$0] },
            login: HTTPField.Name(AuditMessages.loginHeader).flatMap { request.headers[$0] }
        )
        let verb = Self.verbs[request.uri.path]?.rawValue ?? Self.word(request.uri.path)
        return try await operations.audited(verb, by: peer) {
            do {
                return try await next(request, context)
            } catch let error as HTTPError {
                AuditedRequest.current?.isNotDone(.refused, because: error.status.reasonPhrase)
                throw error
            }
        }
    }

    /// Of a route without a verb: its path, as far as it is one of ours.
    private static func word(_ path: String) -> String {
        let word = path.split(separator: "/").joined(separator: "-")
        return word.count <= 40 && word.utf8.allSatisfy(isWordByte) ? word : "unknown"
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
    }
}

/// What the control API's clients say of themselves.
package enum AuditMessages {
    /// The number of the user who logged in.
    package static let loginHeader = "dripd-login"
}
