/// The page and its settings.
extension Platform {
    static let personaLimit = 1000
    /// https://developers.facebook.com/docs/messenger-platform/webhooks#event-notifications
    static let webhookFields = [
        "feed", "inbox_labels", "message_deliveries", "message_echoes", "message_edits", "message_reactions",
        "message_reads", "message_template_status_update", "messages", "messaging_account_linking",
        "messaging_feedback", "messaging_game_plays", "messaging_handovers", "messaging_optins",
        "messaging_policy_enforcement", "messaging_postbacks", "messaging_referrals",
        "messenger_template_status_update", "response_feedback", "send_cart", "standby",
    ]
    /// https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api
    private static let profileProperties = [
        "account_linking_url", "commands", "get_started", "greeting", "ice_breakers", "persistent_menu",
        "whitelisted_domains",
    ]

    /// `GET /me` and `GET /{PAGE_ID}`.
    func page(_ parameters: JSON) throws(GraphError) -> JSON {
        try FieldSelection(of: parameters, else: "name").members { field in
            switch field.name {
            case "id": .string(pageID)
            case "name": .string(pageName)
            default: nil
            }
        }
    }

    /// `GET /debug_token`: a token's validity and permissions. The members are from memory, except for the names listed at
    /// https://developers.facebook.com/docs/graph-api/reference/debug_token.
    func debug(_ parameters: JSON) throws(GraphError) -> JSON {
        guard let token = parameters["input_token"]?.string else {
            throw .parameter("The parameter input_token is required")
        }
        guard token == pageToken else { return ["data": ["is_valid": false, "error": error(.badToken)]] }
        let scopes = PageStanding.permissions.filter { !standing.missingPermissions.contains($0) }
        var members: [JSON.Member] = [
            .init(name: "app_id", value: .string(String(writer.appID))),
            .init(name: "type", value: "PAGE"),
            .init(name: "profile_id", value: .string(pageID)),
            .init(name: "expires_at", value: 0),
            .init(name: "is_valid", value: .bool(standing.deadToken == nil)),
            .init(name: "scopes", value: .array(scopes.map { .string($0) })),
        ]
        if let dead = standing.deadToken { members.append(.init(name: "error", value: error(.deadToken(dead)))) }
        return ["data": .object(members)]
    }

    private func error(_ error: GraphError) -> JSON {
        [
            "code": .integer(Int64(error.code)), "message": .string(error.message),
            "subcode": error.subcode.map { .integer(Int64($0)) } ?? nil,
        ]
    }

    // MARK: Subscriptions

    /// `POST /{PAGE_ID}/subscribed_apps`. As on the platform, `success` is a string here.
    mutating func subscribe(_ parameters: JSON) throws(GraphError) -> JSON {
        try require("pages_messaging", "pages_manage_metadata")
        let names =
            parameters["subscribed_fields"]?.array?.compactMap(\.string)
            ?? parameters["subscribed_fields"]?.string?.split(separator: ",").map(String.init) ?? []
        guard !names.isEmpty else { throw .parameter("The parameter subscribed_fields is required") }
        for name in names where !Self.webhookFields.contains(name) {
            throw .parameter("Param subscribed_fields must be of {\(Self.webhookFields.joined(separator: ", "))}")
        }
        subscribedFields = Self.webhookFields.filter(names.contains)
        return ["success": "true"]
    }

    /// `GET /{PAGE_ID}/subscribed_apps`.
    func subscriptions() throws(GraphError) -> JSON {
        try require("pages_manage_metadata")
        guard !subscribedFields.isEmpty else { return ["data": []] }
        return [
            "data": [
                [
                    "category": "Business", "link": .string("https://www.facebook.com/games/?app_id=\(writer.appID)"),
                    "name": "Messenger sandbox", "id": .string(String(writer.appID)),
                    "subscribed_fields": .array(subscribedFields.map { .string($0) }),
                ]
            ]
        ]
    }

    /// `DELETE /{PAGE_ID}/subscribed_apps`. The platform also unsubscribes an app whose webhooks fail for an hour.
    mutating func unsubscribe() -> JSON {
        subscribedFields = []
        return ["success": true]
    }

    // MARK: The Messenger profile

    /// `POST /me/messenger_profile`.
    mutating func changeProfile(_ fields: JSON, now: Int64) throws(GraphError) -> JSON {
        try require("pages_messaging")
        guard profileCalls.admits(at: now) else { throw .rateExceeded }
        guard case .object(let members) = fields else { throw .emptyMessage }
        let changes = members.filter { Self.profileProperties.contains($0.name) }
        guard !changes.isEmpty else {
            throw .parameter("At least one of {\(Self.profileProperties.joined(separator: ", "))} is required")
        }
        for change in changes where change.name == "get_started" {
            guard let payload = change.value["payload"]?.string, (1...1000).contains(payload.unicodeScalars.count)
            else { throw .parameter("Param get_started[payload] must be a string of 1 to 1000 characters") }
        }
        for change in changes { profile[change.name] = change.value }
        return ["result": "success"]
    }

    /// `DELETE /me/messenger_profile`.
    mutating func deleteProfile(_ fields: JSON, now: Int64) throws(GraphError) -> JSON {
        try require("pages_messaging")
        guard profileCalls.admits(at: now) else { throw .rateExceeded }
        let names = fields["fields"]?.array?.compactMap(\.string) ?? []
        guard !names.isEmpty else { throw .parameter("The parameter fields is required") }
        for name in names { profile[name] = nil }
        return ["result": "success"]
    }

    /// `GET /me/messenger_profile`.
    mutating func messengerProfile(_ parameters: JSON, now: Int64) throws(GraphError) -> JSON {
        try require("pages_messaging")
        guard profileCalls.admits(at: now) else { throw .rateExceeded }
        let fields = try FieldSelection(of: parameters, else: Self.profileProperties.joined(separator: ","))
        let members = fields.members { profile[$0.name] }
        return ["data": members == [:] ? [] : [members]]
    }

    // MARK: Personas

    /// `POST /{PAGE_ID}/personas`.
    mutating func makePersona(_ fields: JSON) throws(GraphError) -> JSON {
        try require("pages_messaging")
        guard personas.count < Self.personaLimit else {
            throw .parameter("The sandbox holds at most \(Self.personaLimit) personas")
        }
        guard let name = fields["name"]?.string, (1...Persona.nameLimit).contains(name.unicodeScalars.count) else {
            throw .parameter("Param name must be a string of 1 to \(Persona.nameLimit) characters")
        }
        let url = try MessageValidation.webURL(fields["profile_picture_url"], of: "profile_picture_url")
        let persona = Persona(id: identifiers.objectID(), name: name, pictureURL: url)
        personas.append(persona)
        return ["id": .string(persona.id)]
    }

    /// `GET /{PAGE_ID}/personas`.
    func personas(_ parameters: JSON) throws(GraphError) -> JSON {
        try require("pages_messaging")
        return try Paging(parameters).page(
            personas,
            url: "\(graphURL)/\(pageID)/personas",
            key: { $0.id },
            isAfter: { $0.id > $1 },
            json: { json(of: $0) }
        )
    }

    func persona(_ id: String) -> Persona? {
        personas.first { $0.id == id }
    }

    func json(of persona: Persona) -> JSON {
        ["name": .string(persona.name), "profile_picture_url": .string(persona.pictureURL), "id": .string(persona.id)]
    }

    /// `DELETE /{PERSONA_ID}`. The platform keeps the name on messages that were already sent.
    mutating func deletePersona(_ id: String) -> JSON {
        personas.removeAll { $0.id == id }
        return ["success": true]
    }
}

/// A name and picture for the page's messages: https://developers.facebook.com/docs/messenger-platform/send-messages/personas
struct Persona: Sendable {
    static let nameLimit = 50

    let id: String
    let name: String
    let pictureURL: String
}

/// The page's access to a person's profile: https://developers.facebook.com/docs/messenger-platform/identity/user-profile
package enum ProfileAccess: String, Sendable, CaseIterable {
    case full
    /// The answer is an empty object.
    case empty
    /// The person signed up with a phone number and has no profile.
    case none
}
