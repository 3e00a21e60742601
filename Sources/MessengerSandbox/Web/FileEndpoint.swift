import Hummingbird

/// `GET /sandbox/files/{id}`: what the page uploaded, for the chat page to show.
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
            // Whatever it is, it runs nothing in this origin.
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
