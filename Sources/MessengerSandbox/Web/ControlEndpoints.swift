import Hummingbird
import NIOCore
import ServiceLifecycle

/// The control calls under `/sandbox`. Tests, the demo and the chat page use them to act for people and to read messages.
struct ControlEndpoints {
    /// The longest time of a long poll in seconds, even if `wait` is higher.
    private static let longestWaitSeconds = 60

    let sandbox: Sandbox

    func addRoutes(to router: Router<SandboxRequestContext>) {
        let group = router.group("sandbox")
        group.get("people", use: people)
        group.get("messages", use: messages)
        group.get("notes", use: notes)
        addAction("people", to: group) { sandbox, body throws(ControlError) in
            let person = try sandbox.addPerson(id: try body.text("id"), name: try body.text("name"))
            return ["person": .string(person.id), "name": .string(person.name)]
        }
        addAction("write", to: group) { sandbox, body throws(ControlError) in
            let person = try sandbox.write(
                as: try body.text("person"),
                name: try body.text("name"),
                text: try body.text("text"),
                ref: try body.text("ref")
            )
            return ["person": .string(person.id), "name": .string(person.name)]
        }
        addAction("read", to: group) { sandbox, body throws(ControlError) in
            try sandbox.read(by: try body.required("person"))
            return [:]
        }
        addAction("profile", to: group) { sandbox, body throws(ControlError) in
            try sandbox.setProfileAccess(try body.word("access"), of: try body.required("person"))
            return [:]
        }
        addAction("block", to: group) { sandbox, body throws(ControlError) in
            guard let blocked = try body.flag("blocked") else { throw .invalid("blocked is missing") }
            try sandbox.setBlocked(blocked, by: try body.required("person"))
            return [:]
        }
        group.get("comments") { [sandbox] _, _ in
            let now = sandbox.people().now
            return Response.json(.array(sandbox.comments().map { $0.json(at: now) }))
        }
        addAction("comments", to: group) { sandbox, body throws(ControlError) in
            let comment = try sandbox.comment(try body.comment())
            return [
                "comment_id": .string(comment.id), "post_id": .string(comment.post),
                "person": .string(comment.author),
            ]
        }
        addAction("comments/edit", to: group) { sandbox, body throws(ControlError) in
            try sandbox.editComment(try body.required("comment_id"), text: try body.required("message"))
            return [:]
        }
        addAction("comments/remove", to: group) { sandbox, body throws(ControlError) in
            try sandbox.removeComment(try body.required("comment_id"))
            return [:]
        }
        addAction("tap", to: group) { sandbox, body throws(ControlError) in
            let token = try sandbox.tap(
                try body.required("title"),
                by: try body.required("person"),
                value: try body.text("value")
            )
            return token.map { ["token": .string($0)] } ?? [:]
        }
        for name in ["react", "edit", "unsend", "postback", "advertisement", "plugin"] {
            addAction(RouterPath(name), to: group) { sandbox, body throws(ControlError) in
                try sandbox.act(try body.act(name), by: try body.required("person"))
                return [:]
            }
        }
        addAction("operator", to: group) { sandbox, body throws(ControlError) in
            let entry = try sandbox.operatorWrites(try body.required("text"), to: try body.required("person"))
            return ["message_id": .string(entry.messageID)]
        }
        addAction("handover", to: group) { sandbox, body throws(ControlError) in
            guard let app = try body.integer("app_id") else { throw .invalid("app_id is missing") }
            try sandbox.handOver(
                try body.word("kind"),
                of: try body.required("person"),
                app: app,
                metadata: try body.text("metadata") ?? ""
            )
            return [:]
        }
        addAction("subscribe", to: group) { sandbox, body throws(ControlError) in
            let title = try body.text("title") ?? "Updates and promotions"
            if try body.flag("stop") ?? false {
                try sandbox.unsubscribe(try body.required("person"), title: title)
                return [:]
            }
            return ["token": .string(try sandbox.subscribe(try body.required("person"), title: title))]
        }
        addAction("templates", to: group) { sandbox, body throws(ControlError) in
            try sandbox.review(
                template: try body.required("name"),
                language: try body.required("language"),
                try body.word("status"),
                reason: try body.text("reason")
            )
            return [:]
        }
        addAction("page", to: group) { sandbox, body throws(ControlError) in
            let standing = try sandbox.changeStanding { (standing) throws(ControlError) in try body.change(&standing) }
            return [
                "restricted": .bool(standing.isRestricted),
                "token": .string(standing.deadToken?.rawValue ?? "alive"),
                "reviews_templates": .bool(standing.reviewsTemplates),
                "missing_permissions": .array(standing.missingPermissions.map { .string($0) }),
            ]
        }
        addAction("policy", to: group) { sandbox, body throws(ControlError) in
            sandbox.enforcePolicy(try body.word("action"), reason: try body.text("reason") ?? "")
            return [:]
        }
        addAction("faults", to: group) { sandbox, body throws(ControlError) in
            try sandbox.inject(try body.fault())
            return [:]
        }
        group.delete("faults") { [sandbox] _, _ in
            sandbox.clearFaults()
            return Response.json([:])
        }
    }

    private func addAction(
        _ path: RouterPath,
        to group: RouterGroup<SandboxRequestContext>,
        _ action: @escaping @Sendable (Sandbox, ControlBody) throws(ControlError) -> JSON
    ) {
        group.post(path) { [sandbox] request, context in
            let body = try await request.body.collect(upTo: context.maxUploadSize)
            do throws(ControlError) {
                return Response.json(try action(sandbox, try ControlBody(Array(body.readableBytesView))))
            } catch {
                return Response.json(
                    ["error": .string(error.description)],
                    status: HTTPResponse.Status(code: error.status)
                )
            }
        }
    }

    @Sendable
    private func people(_ request: Request, _ context: SandboxRequestContext) -> Response {
        let (people, now) = sandbox.people()
        return .json(.array(people.map { $0.json(at: now) }))
    }

    /// Returns events other than messages; `after` and `wait` are as in ``messages(_:_:)``.
    @Sendable
    private func notes(_ request: Request, _ context: SandboxRequestContext) async -> Response {
        let query = request.uri.queryParameters
        let after = query["after"].flatMap { Int($0) } ?? 0
        let wait = query["wait"].flatMap { Int($0) } ?? 0
        guard wait > 0 else { return .json(.array(sandbox.notes(after: after).map(\.json))) }
        let patience = Duration.seconds(min(wait, Self.longestWaitSeconds))
        let notes = await cancelWhenGracefulShutdown { await sandbox.notes(after: after, within: patience) }
        return .json(.array(notes.map(\.json)))
    }

    /// Returns messages. `after`, `person` and `wait` (whole seconds) are optional. A long poll ends early if the server
    /// shuts down.
    @Sendable
    private func messages(_ request: Request, _ context: SandboxRequestContext) async -> Response {
        let query = request.uri.queryParameters
        let person = query["person"].map { String($0) }
        let after = query["after"].flatMap { Int($0) } ?? 0
        let wait = query["wait"].flatMap { Int($0) } ?? 0
        guard wait > 0 else { return .json(.array(sandbox.messages(after: after, of: person).map(\.json))) }
        let patience = Duration.seconds(min(wait, Self.longestWaitSeconds))
        let entries = await cancelWhenGracefulShutdown {
            await sandbox.messages(after: after, of: person, within: patience)
        }
        return .json(.array(entries.map(\.json)))
    }
}
