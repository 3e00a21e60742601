/// The dispatch of Graph API calls.
extension Platform {
    mutating func answer(_ call: GraphCall, now: Int64) -> GraphAnswer {
        do throws(GraphError) {
            guard call.version.wholeMatch(of: /v[0-9]+\.[0-9]+/) != nil else {
                throw GraphError(code: 2500, message: "Unknown path components: /\(call.version)")
            }
            let parameters = try GraphParameters(call)
            try require(parameters.token, isDebug: call.object == "debug_token")
            try verify(proof: parameters.fields["appsecret_proof"], of: parameters.token ?? "")
            return counted(call, parameters, now: now)
        } catch {
            return refusal(error)
        }
    }

    private mutating func counted(
        _ call: GraphCall,
        _ parameters: GraphParameters,
        now: Int64
    ) -> GraphAnswer {
        var counted: GraphAnswer
        do throws(GraphError) {
            try countCall(now: now)
            counted = try answer(call, parameters, now: now)
        } catch {
            counted = refusal(error)
        }
        counted.headers = usageHeaders(now: now)
        return counted
    }

    /// Returns the answer to a call that failed with `error`.
    mutating func refusal(_ error: GraphError, handling: GraphAnswer.Handling = .answer) -> GraphAnswer {
        GraphAnswer(handling: handling, status: error.status, body: error.json(traceID: identifiers.traceID()))
    }

    private mutating func answer(
        _ call: GraphCall,
        _ parameters: GraphParameters,
        now: Int64
    ) throws(GraphError) -> GraphAnswer {
        let isPage = call.object == "me" || call.object == pageID
        let fields = parameters.fields
        switch (call.method, call.edge) {
        case (.post, "messages") where isPage: return try send(parameters, now: now)
        case (.post, "messages") where call.object.wholeMatch(of: /act_[0-9]+/) != nil:
            return GraphAnswer(body: try sendMarketing(fields, now: now))
        case (.post, "message_templates") where isPage: return GraphAnswer(body: try makeTemplate(fields, now: now))
        case (.get, "message_templates") where isPage: return GraphAnswer(body: try templates(fields))
        case (.post, "message_attachments") where isPage:
            return GraphAnswer(body: try saveAttachment(parameters, now: now))
        case (.get, "feed") where isPage, (.get, "published_posts") where isPage:
            return GraphAnswer(body: try posts(call.edge ?? "", fields))
        case (.get, "conversations") where isPage: return GraphAnswer(body: try conversations(fields, now: now))
        case (.get, "messages"):
            guard let conversation = conversation(call.object) else { throw .noSuchObject(call.object, .get) }
            return GraphAnswer(body: try messages(of: conversation, fields, now: now))
        case (.get, "comments"): return GraphAnswer(body: try comments(under: call.object, fields, now: now))
        case (.get, "subscribed_apps") where isPage: return GraphAnswer(body: try subscriptions())
        case (.post, "subscribed_apps") where isPage: return GraphAnswer(body: try subscribe(fields))
        case (.delete, "subscribed_apps") where isPage: return GraphAnswer(body: unsubscribe())
        case (.get, "messenger_profile") where isPage:
            return GraphAnswer(body: try messengerProfile(fields, now: now))
        case (.post, "messenger_profile") where isPage: return GraphAnswer(body: try changeProfile(fields, now: now))
        case (.delete, "messenger_profile") where isPage:
            return GraphAnswer(body: try deleteProfile(fields, now: now))
        case (.get, "personas") where isPage: return GraphAnswer(body: try personas(fields))
        case (.post, "personas") where isPage: return GraphAnswer(body: try makePersona(fields))
        case (.delete, nil) where persona(call.object) != nil: return GraphAnswer(body: deletePersona(call.object))
        case (.get, nil) where isPage: return GraphAnswer(body: try page(fields))
        case (.get, nil) where call.object == "debug_token": return GraphAnswer(body: try debug(fields))
        case (.get, nil): return GraphAnswer(body: try object(call.object, fields, now: now))
        default: throw .noSuchObject(call.object, call.method)
        }
    }

    /// Reads an object by its id.
    private mutating func object(_ id: String, _ fields: JSON, now: Int64) throws(GraphError) -> JSON {
        if let person = everybody[id] { return try profile(of: person, fields) }
        if let comment = comments[id] { return try self.comment(comment, fields, now: now) }
        if let conversation = conversation(id) { return try self.conversation(conversation, fields, now: now) }
        if let message = log[message: id] { return try self.message(message, fields, now: now) }
        if let persona = persona(id) { return json(of: persona) }
        throw .noSuchObject(id, .get)
    }

    /// The User Profile API: https://developers.facebook.com/docs/messenger-platform/identity/user-profile
    private func profile(of person: Person, _ parameters: JSON) throws(GraphError) -> JSON {
        switch person.profileAccess {
        case .full: break
        case .empty: return [:]
        case .none: throw .parameter("No profile available for this user.", subcode: 2_018_218)
        }
        // Vietnamese order: the given name comes last.
        let names = person.name.split(separator: " ").map(String.init)
        return try FieldSelection(of: parameters, else: "first_name,last_name").members { field in
            switch field.name {
            case "id": .string(person.id)
            case "name": .string(person.name)
            case "first_name": .string(names.last ?? "")
            case "last_name": .string(names.dropLast().joined(separator: " "))
            default: nil
            }
        }
    }
}

/// Tokens, permissions and the page's standing.
extension Platform {
    mutating func setStanding(_ standing: PageStanding) throws(ControlError) {
        for permission in standing.missingPermissions where !PageStanding.permissions.contains(permission) {
            throw .invalid("missing_permissions may have \(PageStanding.permissions.joined(separator: ", "))")
        }
        self.standing = standing
    }

    /// Sends a policy event. It does not change whether the page is restricted: how the two are connected is not
    /// documented.
    mutating func enforcePolicy(_ action: PolicyAction, reason: String, now: Int64) {
        emit(writer.policyEnforcement(action, reason: reason, at: now))
    }

    /// - Parameter isDebug: whether the call inspects a token. For that, an app access token is also accepted:
    ///   https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens
    func require(_ token: String?, isDebug: Bool) throws(GraphError) {
        guard let token, !token.isEmpty else { throw .missingToken }
        if isDebug, token == "\(writer.appID)|\(appSecret)" { return }
        guard token == pageToken else { throw .badToken }
        if let dead = standing.deadToken { throw .deadToken(dead) }
    }

    /// Verifies the proof that the caller knows the app's secret, if the call has one:
    /// https://developers.facebook.com/docs/graph-api/securing-requests
    func verify(proof: JSON?, of token: String) throws(GraphError) {
        guard let proof else { return }
        guard proof.string == WebhookSignature.hexadecimal(of: Array(token.utf8), secret: appSecret) else {
            throw .badProof
        }
    }

    /// Throws code 230 for a missing `pages_messaging` and code 10 for any other permission. The first is taken from
    /// reports of others, the second from the platform's own table on missing permissions.
    func require(_ permissions: String...) throws(GraphError) {
        for permission in permissions where standing.missingPermissions.contains(permission) {
            throw permission == "pages_messaging"
                ? GraphError(code: 230, message: "(#230) Requires pages_messaging permission to manage the object")
                : GraphError(
                    status: 403,
                    code: 10,
                    message: "(#10) This endpoint requires the '\(permission)' permission."
                )
        }
    }
}

/// The call budget and the usage headers:
/// https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting
extension Platform {
    /// Counts a call. Throws if the page has used up its calls of the last 24 hours.
    mutating func countCall(now: Int64) throws(GraphError) {
        usage.count(at: now)
        guard usage.calls <= callBudget else { throw .budgetExceeded }
    }

    /// Returns percentages of the budget. The platform sends them "once enough calls have been made"; here, from 1 % on.
    func usageHeaders(now: Int64) -> [(name: String, value: String)] {
        let percent = usage.calls * 100 / callBudget
        guard percent > 0 else { return [] }
        let shares = #""call_count":\#(percent),"total_cputime":1,"total_time":1"#
        let minutes = usage.minutesUntil(callBudget, at: now)
        return [
            ("X-App-Usage", "{\(shares)}"),
            (
                "X-Business-Use-Case-Usage",
                #"{"\#(pageID)":[{"type":"messenger",\#(shares),"estimated_time_to_regain_access":\#(minutes)}]}"#
            ),
        ]
    }

    /// The budget grows with each person whom the page can message. The platform does not document how it counts them;
    /// here they are the people who have written or tapped.
    private var callBudget: Int {
        callsPerEngagedUser * max(1, everybody.engagedCount)
    }
}
