import DripCore

/// What a column of a table of people holds.
enum PersonColumn: Hashable {
    case person
    case page
    case attribute(String)
    /// Attributes of any name, as one JSON object.
    case attributes
    case zone
    case tags
    case firstMessage
    case lastMessage
    case stopped
    case paused
    /// What `dripd people list` says that a file cannot change.
    case ignored
    /// It has no name: spreadsheets write such columns at the right edge. Its cells have to be empty.
    case unnamed

    /// Names that others give to their columns are known too.
    private static let names: [(column: PersonColumn, names: [String])] = [
        (.person, ["person", "id", "psid"]),
        (.page, ["page"]),
        (.attribute("full_name"), ["full_name", "name"]),
        (.attribute("first_name"), ["first_name"]),
        (.attribute("last_name"), ["last_name"]),
        (.attribute("phone"), ["phone"]),
        (.attribute("email"), ["email"]),
        (.attributes, ["attributes"]),
        (.zone, ["zone", "timezone"]),
        (.tags, ["tags"]),
        (.firstMessage, ["first_message"]),
        (.lastMessage, ["last_message"]),
        (.stopped, ["stopped"]),
        (.paused, ["paused"]),
        (.ignored, ["window_ends", "unreachable", "under_way"]),
    ]

    private static let known = names.filter { $0.column != .ignored }.map { $0.names[0] }.joined(separator: ", ")

    /// `phone`; or `{{city}}`, as texts write an attribute of the shop's own.
    static func parse(_ name: String) throws(Fault) -> PersonColumn {
        let name = StrangeCharacter.plain(name).trimmed
        guard !name.isEmpty else { return .unnamed }
        if let known = names.first(where: { $0.names.contains(name.lowercased()) }) { return known.column }
        if let own = name.wholeMatch(of: /\{\{\s*(.*?)\s*\}\}/), TextTemplate.isVariable(String(own.1)) {
            return .attribute(String(own.1))
        }
        throw Fault(
            "unknown column '\(name)'; known are \(known); an attribute of your own is written as texts write it: "
                + "'{{city}}'",
            suggestion: Spelling.nearest(to: name, of: names.flatMap(\.names))
        )
    }

    /// Its cells are for programs: what a spreadsheet or a chat app adds to them is not part of the value.
    var isForPrograms: Bool {
        switch self {
        case .person, .page, .zone, .firstMessage, .lastMessage, .stopped, .paused: true
        case .attribute(let name): name == "phone" || name == "email"
        case .attributes, .tags, .ignored, .unnamed: false
        }
    }

    /// Where a value's column may stand only once.
    var isUnique: Bool { self != .ignored && self != .unnamed }
}
