import Hummingbird
import NIOCore
import ServiceLifecycle

/// `POST /{version}/{page}/messages`.
struct SendEndpoint {
    let sandbox: Sandbox

    func addRoutes(to router: Router<SandboxRequestContext>) {
        router.post("/:version/:page/messages", use: send)
        // The router wants one name for what stands in one place of a path.
        router.get("/:version/:page", use: profile)
    }

    /// `GET /{version}/{PSID}?fields=…`, the User Profile API.
    @Sendable
    private func profile(_ request: Request, _ context: SandboxRequestContext) async throws -> Response {
        let query = request.uri.queryParameters
        let decision = sandbox.profile(
            of: try context.parameters.require("page"),
            fields: (query["fields"].map { String($0) } ?? "").split(separator: ",").map(String.init),
            token: query["access_token"].map { String($0) }
        )
        return .json(decision.body, status: HTTPResponse.Status(code: decision.status))
    }

    @Sendable
    private func send(_ request: Request, _ context: SandboxRequestContext) async throws -> Response {
        let decision = try await decide(request, context)
        switch decision.handling {
        case .answer:
            break
        case .answerLater(let milliseconds):
            // Shutting down does not wait for a slow answer: it is given early.
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: .milliseconds(milliseconds), clock: .continuous)
            }
        case .close:
            try await context.connection.close()
            throw ConnectionClosedOnPurpose()
        }
        var headers = HTTPFields()
        for (name, value) in decision.headers {
            headers[.init(name)!] = value  // The names are literals of ours.
        }
        return .json(decision.body, status: HTTPResponse.Status(code: decision.status), headers: headers)
    }

    private func decide(_ request: Request, _ context: SandboxRequestContext) async throws -> SendDecision {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: context.maxUploadSize)
        } catch is NIOTooManyBytesError {
            return sandbox.refusal(.bodyTooLarge)
        }
        return sandbox.send(
            SendCall(
                version: try context.parameters.require("version"),
                page: try context.parameters.require("page"),
                queryToken: request.uri.queryParameters["access_token"].map { String($0) },
                authorization: request.headers[.authorization],
                contentType: request.headers[.contentType],
                body: Array(body.readableBytesView)
            )
        )
    }
}

/// Ends the handling of a request whose connection is gone; nobody gets to see it.
struct ConnectionClosedOnPurpose: Error {}
