import Hummingbird

/// The control calls under `/sandbox`. Tests, the demo and the chat page use them to act for people and to read messages.
struct ControlEndpoints {
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
        group.addControlCall(path) { [sandbox] body throws(ControlError) in try action(sandbox, body) }
    }

    @Sendable
    private func people(_ request: Request, _ context: SandboxRequestContext) -> Response {
        let (people, now) = sandbox.people()
        return .json(.array(people.map { $0.json(at: now) }))
    }

    /// Returns events other than messages; `after` and `wait` are as in ``ListQuery``.
    @Sendable
    private func notes(_ request: Request, _ context: SandboxRequestContext) async -> Response {
        let query = ListQuery(request)
        let notes = await query.entries {
            sandbox.notes(after: query.after)
        } within: { patience in
            await sandbox.notes(after: query.after, within: patience)
        }
        return .json(.array(notes.map(\.json)))
    }

    /// Returns messages, if `person` is given of that person only.
    @Sendable
    private func messages(_ request: Request, _ context: SandboxRequestContext) async -> Response {
        let query = ListQuery(request)
        let person = request.uri.queryParameters["person"].map { String($0) }
        let entries = await query.entries {
            sandbox.messages(after: query.after, of: person)
        } within: { patience in
            await sandbox.messages(after: query.after, of: person, within: patience)
        }
        return .json(.array(entries.map(\.json)))
    }
}
