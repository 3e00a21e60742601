import Hummingbird
import NIOCore
import ServiceLifecycle

/// The push service, its control calls under `/sandbox/push`, and the page of the notifications.
struct PushEndpoints {
    let push: PushSandbox

    func addRoutes(to router: Router<SandboxRequestContext>) {
        router.get("/push") { _, _ in Response.page(InboxPage.push, policy: InboxPage.contentSecurityPolicy) }
        router.post("/push/:subscription", use: take)
        let group = router.group("sandbox/push")
        group.get("notifications", use: notifications)
        group.get("subscriptions") { [push] _, _ in
            Response.json(.array(push.subscriptions.map(\.listJSON)))
        }
        group.addControlCall("subscriptions") { [push] body throws(ControlError) in
            try push.subscribe(applicationServerKey: try body.required("application_server_key")).jsonValue
        }
        group.addControlCall("browser") { [push] body throws(ControlError) in
            let subscription = try push.changeBrowser(
                try body.required("endpoint"),
                isOnline: try body.flag("online"),
                isGone: try body.flag("gone")
            )
            return ["online": .bool(subscription.isOnline), "gone": .bool(subscription.isGone)]
        }
        group.addControlCall("faults") { [push] body throws(ControlError) in
            try push.inject(try body.pushFault())
            return [:]
        }
        group.delete("faults") { [push] _, _ in
            push.clearFaults()
            return Response.json([:])
        }
    }

    /// Takes a message of an application server.
    @Sendable
    private func take(_ request: Request, _ context: SandboxRequestContext) async throws -> Response {
        let body: [UInt8]?
        do {
            body = Array(try await request.body.collect(upTo: PushPlatform.payloadLimit).readableBytesView)
        } catch is NIOTooManyBytesError {
            body = nil
        }
        func field(_ name: String) -> String? { request.headers[.init(name)!] }  // The names are our own literals.
        let answer = push.answer(
            PushRequest(
                path: request.uri.path,
                ttl: field("TTL"),
                contentEncoding: field("Content-Encoding"),
                authorization: field("Authorization"),
                topic: field("Topic"),
                urgency: field("Urgency"),
                body: body
            )
        )
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
        return answer.response
    }

    @Sendable
    private func notifications(_ request: Request, _ context: SandboxRequestContext) async -> Response {
        let query = ListQuery(request)
        let notifications = await query.entries {
            push.notifications(after: query.after)
        } within: { patience in
            await push.notifications(after: query.after, within: patience)
        }
        return .json(.array(notifications.map(\.json)))
    }
}

extension PushAnswer {
    fileprivate var response: Response {
        var fields = HTTPFields()
        for (name, value) in headers {
            fields[.init(name)!] = value  // The names are our own literals.
        }
        let status = HTTPResponse.Status(code: status)
        if let body { return .json(body, status: status, headers: fields) }
        if text != nil { fields[.contentType] = "text/plain; charset=UTF-8" }
        return Response(
            status: status,
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text ?? ""))
        )
    }
}

extension ControlBody {
    fileprivate func pushFault() throws(ControlError) -> PushFault {
        let kind: PushFault.Kind
        switch try text("kind") {
        case "delay":
            guard let milliseconds = try integer("milliseconds") else { throw .invalid("milliseconds is missing") }
            kind = .delay(milliseconds: milliseconds)
        case "error":
            guard let status = try integer("status") else { throw .invalid("status is missing") }
            kind = .error(status: Int(clamping: status), retryAfter: try text("retry_after"))
        case "lost_answer": kind = .lostAnswer
        case "refuse": kind = .refuse
        default: throw .invalid("kind must be one of delay, error, lost_answer, refuse")
        }
        return PushFault(
            kind: kind,
            endpoint: try text("endpoint"),
            count: try integer("count").map { Int(clamping: $0) } ?? 1
        )
    }
}
