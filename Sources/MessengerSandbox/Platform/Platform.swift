/// The platform's state and rules as a value: it takes a call and the time, and says what the answer is and which
/// webhooks follow. Performing that is for ``Sandbox`` and the server.
struct Platform: Sendable {
    static let logLimit = 100_000

    private let pageID: String
    private let pageToken: String
    private let writer: WebhookWriter
    private var identifiers: IdentifierSource
    private var calls: RateMeter
    private var audioOrVideoCalls: RateMeter
    private var faults = FaultQueue()
    private var everybody = People()
    private var webhooks: [Webhook] = []
    private(set) var log = MessageLog(limit: Platform.logLimit)

    /// - Parameter run: any number that other runs do not have; ids are made from it.
    init(_ configuration: SandboxConfiguration, run: UInt64) {
        pageID = configuration.pageID
        pageToken = configuration.pageToken
        writer = WebhookWriter(pageID: configuration.pageID, appID: configuration.appID)
        identifiers = IdentifierSource(run: run)
        calls = RateMeter(limit: configuration.messagesPerSecond)
        audioOrVideoCalls = RateMeter(limit: configuration.audioOrVideoPerSecond)
    }

    /// The webhooks that have come about since the last call, in order.
    mutating func takeWebhooks() -> [Webhook] {
        defer { webhooks = [] }
        return webhooks
    }

    // MARK: The Send API

    mutating func send(_ call: SendCall, now: Int64) -> SendDecision {
        var handling = SendDecision.Handling.answer
        do throws(GraphError) {
            let request = try admit(call)
            switch faults.takeForCall(to: request.recipient) {
            case .error(let code, let subcode): throw GraphError.injected(code: code, subcode: subcode)
            case .refuse: return SendDecision(handling: .close, status: 0, headers: [], body: nil)
            case .lostAnswer: handling = .close
            case .delay(let milliseconds): handling = .answerLater(milliseconds: milliseconds)
            case .duplicateWebhook, nil: break
            }
            let body = try perform(request, now: now)
            return SendDecision(handling: handling, status: 200, headers: usageHeaders(), body: body)
        } catch {
            return refusal(error, handling: handling)
        }
    }

    /// The answer to a call that got no further than `error`.
    mutating func refusal(_ error: GraphError, handling: SendDecision.Handling = .answer) -> SendDecision {
        SendDecision(
            handling: handling,
            status: error.status,
            headers: [],
            body: error.json(traceID: identifiers.traceID())
        )
    }

    // MARK: The User Profile API

    mutating func profile(of person: String, fields: [String], token: String?) -> SendDecision {
        do throws(GraphError) {
            guard let token, !token.isEmpty else { throw .missingToken }
            guard token == pageToken else { throw .badToken }
            guard let person = everybody[person] else {
                throw GraphError(
                    code: 100,
                    subcode: 33,
                    message:
                        "Unsupported get request. Object with ID '\(person)' does not exist, cannot be loaded due to "
                        + "missing permissions, or does not support this operation."
                )
            }
            // The given name comes last, as in Vietnam.
            let names = person.name.split(separator: " ").map(String.init)
            let known = [
                "name": person.name, "first_name": names.last ?? "",
                "last_name": names.dropLast().joined(separator: " "),
            ]
            let members = fields.compactMap { field in known[field].map { JSON.Member(name: field, value: .string($0)) }
            }
            let body = JSON.object(members + [JSON.Member(name: "id", value: .string(person.id))])
            return SendDecision(handling: .answer, status: 200, headers: [], body: body)
        } catch {
            return refusal(error)
        }
    }

    /// Checks what does not depend on people or time: the path, the token, the form of the request.
    private func admit(_ call: SendCall) throws(GraphError) -> SendRequest {
        guard call.version.wholeMatch(of: /v[0-9]+\.[0-9]+/) != nil else {
            throw GraphError(code: 2500, message: "Unknown path components: /\(call.version)")
        }
        let parameters = try SendParameters(call)
        guard let token = parameters.token, !token.isEmpty else { throw .missingToken }
        guard token == pageToken else { throw .badToken }
        guard call.page == "me" || call.page == pageID else {
            throw GraphError(
                code: 100,
                subcode: 33,
                message: "Unsupported post request. Object with ID '\(call.page)' does not exist, cannot be loaded "
                    + "due to missing permissions, or does not support this operation."
            )
        }
        return try SendRequest(parameters.fields)
    }

    /// Judges what is sent, then how much, then to whom, and last when: a dead tag is refused whatever the window.
    private mutating func perform(_ request: SendRequest, now: Int64) throws(GraphError) -> JSON {
        if let tag = request.tag { throw tag.refusal }
        if case .message(let message) = request.content {
            guard calls.admits(at: now), !message.hasAudioOrVideo || audioOrVideoCalls.admits(at: now) else {
                throw .rateExceeded
            }
        }
        guard let person = everybody[request.recipient] else { throw .unknownPerson }
        guard !person.hasBlockedPage else { throw .unavailablePerson }
        guard person.windowIsOpen(at: now) else { throw .windowClosed }
        guard case .message(let message) = request.content else {
            return ["recipient_id": .string(person.id)]
        }
        let messageID = accept(message, to: person.id, now: now)
        return ["recipient_id": .string(person.id), "message_id": .string(messageID)]
    }

    private mutating func accept(_ message: OutgoingMessage, to person: String, now: Int64) -> String {
        let messageID = identifiers.messageID()
        log.append(
            LogEntry(
                number: log.nextNumber,
                at: now,
                direction: .outgoing,
                person: person,
                messageID: messageID,
                text: message.text,
                attachments: message.attachments,
                buttons: message.buttons,
                quickReplies: message.quickReplies,
                metadata: message.metadata
            )
        )
        everybody.change(person) { $0.unreadCount += 1 }
        emit(writer.echo(of: message, to: person, id: messageID, at: now))
        emit(writer.delivery(of: messageID, to: person, at: now))
        return messageID
    }

    /// Percentages, as in https://developers.facebook.com/docs/graph-api/overview/rate-limiting.
    private func usageHeaders() -> [(name: String, value: String)] {
        let usage = #""call_count":\#(calls.percentUsed),"total_cputime":1,"total_time":1"#
        return [
            ("X-App-Usage", "{\(usage)}"),
            (
                "X-Business-Use-Case-Usage",
                #"{"\#(pageID)":[{"type":"messenger",\#(usage),"estimated_time_to_regain_access":0}]}"#
            ),
        ]
    }

    private mutating func emit(_ webhook: Webhook) {
        webhooks.append(webhook)
        if faults.takeDuplication(for: webhook.person) { webhooks.append(webhook) }
    }
}

// MARK: - What people do

extension Platform {
    /// Generous: what a person may write is not documented.
    private static let textLimit = 20_000
    /// https://developers.facebook.com/docs/messenger-platform/discovery/m-me-links
    private static let refLimit = 2083

    var people: [Person] { everybody.all }

    /// Creates a person. Without an id one is made up; without a name the person is called after their number.
    mutating func addPerson(id: String?, name: String?) throws(ControlError) -> Person {
        try everybody.add(id: id, madeUp: { identifiers.personID() }, name: name)
    }

    /// The person writes, or comes through an m.me link with `ref`, or both: that opens the window, ends a block and
    /// marks everything before as read. Whoever writes for the first time is created, under the given id.
    ///
    /// - Returns: the person as they are afterwards.
    mutating func write(
        as id: String?,
        name: String?,
        text: String?,
        ref: String?,
        now: Int64
    ) throws(ControlError) -> Person {
        let text = text.flatMap { $0.isEmpty ? nil : $0 }
        let ref = ref.flatMap { $0.isEmpty ? nil : $0 }
        guard text != nil || ref != nil else { throw .invalid("writing takes a text, a ref, or both") }
        guard (text?.unicodeScalars.count ?? 0) <= Self.textLimit else {
            throw .invalid("a text has at most \(Self.textLimit) characters")
        }
        if let ref, ref.wholeMatch(of: /[0-9A-Za-z_=-]+/) == nil || ref.utf8.count > Self.refLimit {
            throw .invalid("a ref has at most \(Self.refLimit) letters, digits, -, _ and =")
        }
        let person =
            if let id, let known = everybody[id] { known } else { try addPerson(id: id, name: name) }
        try read(by: person.id, now: now)
        if let ref { open(linkWith: ref, by: person, sayingNothingElse: text == nil, now: now) }
        if let text { say(text, ref: ref, by: person.id, now: now) }
        everybody.change(person.id) {
            $0.lastActionAt = now
            $0.hasBlockedPage = false
        }
        return try everybody.find(person.id)
    }

    /// The person sees everything that has arrived. Nothing happens when they had already.
    mutating func read(by id: String, now: Int64) throws(ControlError) {
        guard try everybody.find(id).unreadCount > 0 else { return }
        everybody.change(id) { $0.unreadCount = 0 }
        emit(writer.read(by: id, at: now))
    }

    mutating func setBlocked(_ blocked: Bool, by id: String) throws(ControlError) {
        _ = try everybody.find(id)
        everybody.change(id) { $0.hasBlockedPage = blocked }
    }

    mutating func inject(_ fault: Fault) throws(ControlError) {
        try faults.append(fault)
    }

    mutating func clearFaults() {
        faults.removeAll()
    }

    /// A link leads to the Get Started button in a new conversation, and to a referral event in one that exists:
    /// https://developers.facebook.com/docs/messenger-platform/discovery/m-me-links
    private mutating func open(linkWith ref: String, by person: Person, sayingNothingElse isAll: Bool, now: Int64) {
        let isNew = person.lastActionAt == nil
        let id = identifiers.messageID()
        emit(
            isNew
                ? writer.getStarted(by: person.id, id: id, ref: ref, at: now)
                : writer.referral(of: person.id, ref: ref, at: now)
        )
        guard isAll else { return }
        log.append(
            LogEntry(
                number: log.nextNumber,
                at: now,
                direction: .incoming,
                person: person.id,
                messageID: id,
                ref: ref
            )
        )
    }

    private mutating func say(_ text: String, ref: String?, by person: String, now: Int64) {
        let id = identifiers.messageID()
        log.append(
            LogEntry(
                number: log.nextNumber,
                at: now,
                direction: .incoming,
                person: person,
                messageID: id,
                text: text,
                ref: ref
            )
        )
        emit(writer.message(from: person, id: id, text: text, at: now))
    }
}
