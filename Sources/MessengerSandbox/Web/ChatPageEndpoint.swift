import Hummingbird

/// `GET /`: the page on which one writes as a customer.
struct ChatPageEndpoint {
    let pageName: String

    func addRoutes(to router: Router<SandboxRequestContext>) {
        let html = ChatPage.html(pageName: pageName)
        router.get("/") { _, _ in
            var headers = HTTPFields()
            headers[.contentType] = "text/html; charset=UTF-8"
            headers[.cacheControl] = "no-store"
            headers[.contentSecurityPolicy] = ChatPage.contentSecurityPolicy
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
        }
        router.get("/favicon.ico") { _, _ in HTTPResponse.Status.noContent }
    }
}
