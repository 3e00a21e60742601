/// Which call of the Graph API is for what.
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

    /// The answer to a call that got no further than `error`.
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

    /// What has an id.
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
        // The given name comes last, as in Vietnam.
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
