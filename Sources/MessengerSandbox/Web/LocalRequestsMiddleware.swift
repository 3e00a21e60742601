import Hummingbird

/// Answers only who names the sandbox by an address of this machine, and no other site's pages.
///
/// A page that a developer's browser shows can send requests to this machine, and, by a name of its own that leads to 127.0.0.1,
/// read the answers. Browsers say whose page asks (`Origin`, `Sec-Fetch-Site`) and by which name (`Host`).
struct LocalRequestsMiddleware<Context: RequestContext>: RouterMiddleware {
    /// How the configuration names this machine.
    let host: String

    @concurrent func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority, isOurs(authority) else {
            return refusal("the sandbox answers to an address of this machine, such as 127.0.0.1, not to this Host")
        }
        if let origin = request.headers[.origin], origin.lowercased() != "http://\(authority.lowercased())" {
            return refusal("the sandbox answers no other site's page")
        }
        // A link to the chat page may stand anywhere.
        let isLink =
            request.headers[.init("Sec-Fetch-Mode")!] == "navigate" && request.method == .get && request.uri.path == "/"
        if let site = request.headers[.init("Sec-Fetch-Site")!], site != "same-origin", site != "none", !isLink {
            return refusal("the sandbox answers no other site's page")
        }
        return try await next(request, context)
    }

    /// Any port: a forwarded one may be another.
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
