import Hummingbird

/// Answers only requests whose `Host` is an address of this machine, and none from other sites' pages.
///
/// A web page in a developer's browser can send requests to this machine. By DNS rebinding, with its own name resolving to
/// 127.0.0.1, it can even read the answers. Browsers send the requesting site (`Origin`, `Sec-Fetch-Site`) and the name
/// that was used (`Host`).
struct LocalRequestsMiddleware<Context: RequestContext>: RouterMiddleware {
    /// The host in the configuration, which is also accepted.
    let host: String

    @concurrent func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority, isOurs(authority) else {
            return refusal("the Host of a request must be an address of this machine, such as 127.0.0.1")
        }
        if let origin = request.headers[.origin], origin.lowercased() != "http://\(authority.lowercased())" {
            return refusal("the sandbox does not answer requests from other sites' pages")
        }
        // A link to the pages may be on any site.
        let isLink =
            request.headers[.init("Sec-Fetch-Mode")!] == "navigate" && request.method == .get
            && ["/", "/mail", "/push"].contains(request.uri.path)
        if let site = request.headers[.init("Sec-Fetch-Site")!], site != "same-origin", site != "none", !isLink {
            return refusal("the sandbox does not answer requests from other sites' pages")
        }
        return try await next(request, context)
    }

    /// Accepts any port because a forwarded port may differ.
    private func isOurs(_ authority: String) -> Bool {
        var name = authority[...]
        if let colon = name.lastIndex(of: ":"), name[name.index(after: colon)...].allSatisfy(\.isNumber),
            name.hasPrefix("[") ? name[..<colon].hasSuffix("]") : !name[..<colon].contains(":")
        {
            name = name[..<colon]
        }
        return SandboxConfiguration.isLoopback(name.lowercased()) || name.lowercased() == host.lowercased()
    }

    private func refusal(_ text: String) -> Response {
        .json(["error": .string(text)], status: .forbidden)
    }
}
