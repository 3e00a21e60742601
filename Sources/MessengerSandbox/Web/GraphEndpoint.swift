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
            // A shutdown does not wait for a delayed answer: it is sent early.
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: .milliseconds(milliseconds), clock: .continuous)
            }
        case .close:
            try await context.connection.close()
            throw ConnectionClosedOnPurpose()
        }
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            headers[.init(name)!] = value  // The names are our own literals.
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

/// Ends the handling of a request whose connection was closed. No client sees it.
struct ConnectionClosedOnPurpose: Error {}

/// `GET /sandbox/files/{id}`: a file that the page uploaded, for the chat page.
struct FileEndpoint {
    let sandbox: Sandbox

    func addRoutes(to router: Router<SandboxRequestContext>) {
        router.get("/sandbox/files/:id") { [sandbox] _, context in
            guard let file = sandbox.file(try context.parameters.require("id")) else {
                return Response(status: .notFound)
            }
            var headers = HTTPFields()
            let isMedia = file.mediaType.wholeMatch(of: /(image|audio|video)\/[0-9a-z.+-]+/) != nil
            headers[.contentType] = isMedia ? file.mediaType : "application/octet-stream"
            headers[.cacheControl] = "no-store"
            // The page may have uploaded HTML: it must not run scripts in this origin.
            headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
            headers[.init("X-Content-Type-Options")!] = "nosniff"
            return Response(
                status: .ok,
                headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes))
            )
        }
    }
}

/// A request context with its connection, which a fault may close without an answer.
struct SandboxRequestContext: RequestContext {
    /// Also the limit that Hummingbird itself enforces.
    static let bodyLimit = 1 << 20
    /// A file and the rest of its form.
    static let multipartBodyLimit = UploadedFile.byteLimit + bodyLimit

    var coreContext: CoreRequestContextStorage
    let connection: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = source.channel
    }

    var maxUploadSize: Int { Self.bodyLimit }
}
