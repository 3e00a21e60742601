/// As the platform writes them in echoes.
extension Card {
    var json: JSON {
        var members: [JSON.Member] = [.init(name: "title", value: .string(title))]
        if let subtitle { members.append(.init(name: "subtitle", value: .string(subtitle))) }
        if let imageURL { members.append(.init(name: "image_url", value: .string(imageURL))) }
        if let url {
            members.append(.init(name: "default_action", value: ["type": "web_url", "url": .string(url)]))
        }
        if !buttons.isEmpty { members.append(.init(name: "buttons", value: .array(buttons.map(\.json)))) }
        return .object(members)
    }
}

extension Button {
    var json: JSON {
        .object([
            .init(name: "type", value: .string(kind.rawValue)),
            .init(name: valueName, value: .string(value)),
            .init(name: "title", value: .string(title)),
        ])
    }
}
