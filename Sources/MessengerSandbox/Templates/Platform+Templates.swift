/// Utility messages: https://developers.facebook.com/docs/messenger-platform/send-messages/utility-messages
extension Platform {
    static let templateLimit = 1000

    /// `POST /{PAGE_ID}/message_templates`.
    mutating func makeTemplate(_ fields: JSON, now: Int64) throws(GraphError) -> JSON {
        try require("page_utility_messaging")
        guard templates.count < Self.templateLimit else {
            throw .parameter("The sandbox holds at most \(Self.templateLimit) templates")
        }
        let template = try MessageTemplate(fields, id: identifiers.objectID(), isReviewed: standing.reviewsTemplates)
        guard self.template(template.name, template.language) == nil else {
            throw .parameter("There is a template \(template.name) in \(template.language) already")
        }
        templates.append(template)
        if template.status != .pending { emit(writer.templateStatus(template, at: now)) }
        return [
            "id": .string(template.id), "status": .string(template.status.rawValue), "category": "UTILITY",
        ]
    }

    /// `GET /{PAGE_ID}/message_templates`.
    func templates(_ parameters: JSON) throws(GraphError) -> JSON {
        try require("page_utility_messaging")
        let fields = try FieldSelection(of: parameters, else: "name,status,category,language,components")
        let wanted = parameters["name"]?.string
        return try Paging(parameters).page(
            templates.enumerated().filter { wanted == nil || $0.element.name == wanted },
            url: "\(graphURL)/\(pageID)/message_templates",
            key: { String($0.offset) },
            isAfter: { template, key in Int(key).map { template.offset > $0 } ?? false },
            json: { numbered in
                let template = numbered.element
                return fields.members { field in
                    switch field.name {
                    case "id": .string(template.id)
                    case "name": .string(template.name)
                    case "status": .string(template.status.rawValue)
                    case "category": "UTILITY"
                    case "language": .string(template.language)
                    case "components": template.components
                    case "rejected_reason": template.rejection.map { .string($0) }
                    default: nil
                    }
                }
            }
        )
    }

    /// Sets the result of the platform's review of a template, the first one or a later one.
    mutating func review(
        _ name: String,
        _ language: String,
        _ status: TemplateStatus,
        reason: String?,
        now: Int64
    ) throws(ControlError) {
        guard let index = templates.firstIndex(where: { $0.name == name && $0.language == language }) else {
            throw .invalid("there is no template \(name) in \(language)")
        }
        templates[index].status = status
        templates[index].rejection = status == .rejected ? reason ?? "TAG_SHOULD_BE_MARKETING" : nil
        emit(writer.templateStatus(templates[index], at: now))
    }

    /// Returns the message with its template filled in. Code 100 is the reference's code for invalid parameters; the
    /// platform's exact answer is not known.
    func fill(_ message: OutgoingMessage) throws(GraphError) -> OutgoingMessage {
        guard let use = message.template else { return message }
        try require("page_utility_messaging")
        guard let template = template(use.name, use.language), template.status == .approved else {
            throw .parameter("There is no approved template \(use.name) in \(use.language)")
        }
        var filled = message
        (filled.text, filled.buttons) = try template.filled(use)
        return filled
    }

    private func template(_ name: String, _ language: String) -> MessageTemplate? {
        templates.first { $0.name == name && $0.language == language }
    }
}
