import Hummingbird

/// The control calls under `/sandbox/mail`, and the page of the mailboxes.
struct MailEndpoints {
    let mail: MailSandbox

    func addRoutes(to router: Router<SandboxRequestContext>) {
        router.get("/mail") { _, _ in Response.page(InboxPage.mail, policy: InboxPage.contentSecurityPolicy) }
        let group = router.group("sandbox/mail")
        group.get("", use: mails)
        group.get("bounces", use: bounces)
        group.get(":number") { [mail] _, context in
            let number = context.parameters.get("number").flatMap { Int($0) }
            return number.flatMap { mail.mail($0) }.map { Response.mail($0.raw) } ?? Self.notFound
        }
        group.get("bounces/:number") { [mail] _, context in
            let number = context.parameters.get("number").flatMap { Int($0) }
            return number.flatMap { mail.bounce($0) }.map { Response.mail($0.raw) } ?? Self.notFound
        }
        group.addControlCall("server") { [mail] body throws(ControlError) in
            if let seconds = try body.integer("greylist_seconds") { try mail.setGreylisting(seconds: seconds) }
            return [
                "port": mail.port.map { .integer(Int64($0)) } ?? nil,
                "greylist_seconds": .integer(mail.greylistSeconds),
            ]
        }
        group.addControlCall("faults") { [mail] body throws(ControlError) in
            try mail.inject(try body.mailFault())
            return [:]
        }
        group.delete("faults") { [mail] _, _ in
            mail.clearFaults()
            return Response.json([:])
        }
    }

    private static var notFound: Response {
        .json(["error": "there is no mail with this number"], status: .notFound)
    }

    /// Returns mails, if `mailbox` is given of that mailbox only.
    @Sendable
    private func mails(_ request: Request, _ context: SandboxRequestContext) async -> Response {
        let query = ListQuery(request)
        let mailbox = request.uri.queryParameters["mailbox"].map { String($0) }
        let mails = await query.entries {
            mail.mails(after: query.after, in: mailbox)
        } within: { patience in
            await mail.mails(after: query.after, in: mailbox, within: patience)
        }
        return .json(.array(mails.map(\.json)))
    }

    @Sendable
    private func bounces(_ request: Request, _ context: SandboxRequestContext) async -> Response {
        let query = ListQuery(request)
        let bounces = await query.entries {
            mail.bounces(after: query.after)
        } within: { patience in
            await mail.bounces(after: query.after, within: patience)
        }
        return .json(.array(bounces.map(\.json)))
    }
}

extension ControlBody {
    fileprivate func mailFault() throws(ControlError) -> MailFault {
        let kind: MailFault.Kind
        switch try text("kind") {
        case "reply":
            kind = .reply(try word("stage"), try MailReply(try required("reply")), isStored: try flag("stored"))
        case "drop":
            kind = .drop(try word("stage"), isStored: try flag("stored") ?? false)
        case "delay":
            guard let milliseconds = try integer("milliseconds") else { throw .invalid("milliseconds is missing") }
            kind = .delay(try word("stage"), milliseconds: milliseconds)
        case "bounce":
            kind = .bounce(
                MailBounce.Reason(
                    action: try text("action") == nil ? .failed : try word("action"),
                    status: try text("status") ?? "5.1.1",
                    diagnostic: try text("diagnostic")
                )
            )
        default: throw .invalid("kind must be one of reply, drop, delay, bounce")
        }
        return MailFault(
            kind: kind,
            sender: try text("from"),
            recipient: try text("to"),
            count: try integer("count").map { Int(clamping: $0) } ?? 1,
            skip: try integer("skip").map { Int(clamping: $0) } ?? 0
        )
    }
}
