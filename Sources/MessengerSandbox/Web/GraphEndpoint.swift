import Hummingbird
import NIOCore
import ServiceLifecycle

/// `/{version}/{object}` and `/{version}/{object}/{edge}`: the Graph API.
struct GraphEndpoint {
    let sandbox: Sandbox

    func addRoutes(to router: Router<SandboxRequestContext>) {
        for path: RouterPath in ["/:version/:object", "/:version/:object/:edge"] {
            router.get(path) { try await answer(.get, $0, $1) }
            router.post(path) { try await answer(.post, $0, $1) }
            router.delete(path) { try await answer(.delete, $0, $1) }
        }
    }

    private func answer(
        _ method: GraphCall.Method,
        _ request: Request,
        _ context: SandboxRequestContext
    ) async throws -> Response {
        let answer = try await decide(method, request, context)
        switch answer.handling {
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
        for (name, value) in answer.headers {
            headers[.init(name)!] = value  // The names are literals of ours.
        }
        return .json(answer.body, status: HTTPResponse.Status(code: answer.status), headers: headers)
    }

    private func decide(
        _ method: GraphCall.Method,
        _ request: Request,
        _ context: SandboxRequestContext
    ) async throws -> GraphAnswer {
        let body: ByteBuffer
        let isMultipart = request.headers[.contentType]?.lowercased().hasPrefix(MultipartForm.mediaType) ?? false
        do {
            body = try await request.body.collect(
                upTo: isMultipart ? SandboxRequestContext.multipartBodyLimit : context.maxUploadSize
            )
        } catch is NIOTooManyBytesError {
            return sandbox.refusal(isMultipart ? .attachmentTooLarge : .bodyTooLarge)
        }
        return sandbox.answer(
            GraphCall(
                method: method,
                version: try context.parameters.require("version"),
                object: try context.parameters.require("object"),
                edge: context.parameters.get("edge"),
                query: request.uri.query ?? "",
                authorization: request.headers[.authorization],
                contentType: request.headers[.contentType],
                body: Array(body.readableBytesView)
            )
        )
    }
}

/// Ends the handling of a request whose connection is gone; nobody gets to see it.
struct ConnectionClosedOnPurpose: Error {}
