/// Which call of the Graph API is for what.
extension Platform {
    mutating func answer(_ call: GraphCall, now: Int64) -> GraphAnswer {
        do throws(GraphError) {
            guard call.version.wholeMatch(of: /v[0-9]+\.[0-9]+/) != nil else {
                throw GraphError(code: 2500, message: "Unknown path components: /\(call.version)")
            }
            let parameters = try GraphParameters(call)
            try require(parameters.token)
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
        case (.get, nil):
            if let person = everybody[call.object] { return GraphAnswer(body: try profile(of: person, fields)) }
            if let comment = comments[call.object] {
                return GraphAnswer(body: try self.comment(comment, fields, now: now))
            }
            if let conversation = conversation(call.object) {
                return GraphAnswer(body: try self.conversation(conversation, fields, now: now))
            }
            if let message = log[message: call.object] {
                return GraphAnswer(body: try self.message(message, fields, now: now))
            }
            throw .noSuchObject(call.object, .get)
        default: throw .noSuchObject(call.object, call.method)
        }
    }

    /// The User Profile API: https://developers.facebook.com/docs/messenger-platform/identity/user-profile
    private func profile(of person: Person, _ parameters: JSON) throws(GraphError) -> JSON {
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
