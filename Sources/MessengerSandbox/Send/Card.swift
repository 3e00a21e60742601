/// One element of a generic template: cards lie side by side.
/// https://developers.facebook.com/docs/messenger-platform/reference/templates/generic
package struct Card: Sendable, Equatable {
    package static let most = 10

    package let title: String
    package let subtitle: String?
    package let imageURL: String?
    /// What a tap on the card itself opens.
    package let url: String?
    package let buttons: [Button]
}

extension Card {
    /// - Parameter place: what it is called in errors.
    init(_ element: JSON, at place: String) throws(GraphError) {
        title = try MessageValidation.required(element["title"], of: place + "[title]", atMost: 80)
        subtitle = try Self.optional(element["subtitle"]) { subtitle throws(GraphError) in
            try MessageValidation.required(subtitle, of: place + "[subtitle]", atMost: 80)
        }
        imageURL = try Self.optional(element["image_url"]) { url throws(GraphError) in
            try MessageValidation.webURL(url, of: place + "[image_url]")
        }
        url = try Self.optional(element["default_action"]) { action throws(GraphError) in
            guard action["type"] == "web_url", action["title"] == nil else {
                throw .parameter("Param \(place)[default_action] must be a web_url without a title")
            }
            return try MessageValidation.webURL(action["url"], of: place + "[default_action][url]")
        }
        buttons =
            try Self.optional(element["buttons"]) { buttons throws(GraphError) in
                try MessageValidation.buttons(buttons, at: place + "[buttons]")
            } ?? []
        guard subtitle != nil || imageURL != nil || url != nil || !buttons.isEmpty else {
            throw .parameter("Param \(place) must have at least one property besides title")
        }
    }

    private static func optional<Value>(
        _ value: JSON?,
        _ read: (JSON) throws(GraphError) -> Value
    ) throws(GraphError) -> Value? {
        guard let value else { return nil }
        return try read(value)
    }
}
