import DripCore
import Foundation

/// Parses the cells of a table of people.
enum PersonParser {
    /// Returns whether a text is a page-scoped id, alone or after the page's id and '/'.
    static func isPerson(_ text: String) -> Bool {
        let pieces = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return pieces.count <= 2 && pieces.allSatisfy(isNumber)
    }

    private static func isNumber(_ text: Substring.UTF8View) -> Bool {
        (1...32).contains(text.count) && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Stores a cell in a person.
    /// - Parameter value: not empty, except for a person's id; the result of `machine` if the column is for programs.
    static func put(_ value: String, as column: PersonColumn, into person: inout PersonRecord) throws(ParseError) {
        switch column {
        case .person: try put(identity: value, into: &person)
        case .page: person.page = try PageParser.parse(value)
        case .attribute("email"): person.attributes["email"] = try email(value)
        case .attribute(let name): person.attributes[name] = try attribute(value, name)
        case .attributes:
            // An attribute's own column takes precedence over this one.
            person.attributes.merge(try attributes(value)) { own, _ in own }
        case .zone: person.zone = try zone(value)
        case .tags: person.tags = try tags(value)
        case .unnamed: throw ParseError("'\(value)' is in a column without a name: the first line has to name it")
        case .firstMessage, .lastMessage, .stopped, .paused, .ignored: break
        }
    }

    /// Returns a cell without the additions of spreadsheets and chat apps: the apostrophe that marks a text in Excel, and invisible
    /// characters.
    static func machine(_ cell: String) -> String {
        let value = StrangeCharacter.plain(cell).trimmed
        switch value.unicodeScalars.first {
        case "'", "\u{2018}", "\u{2019}": return String(value.unicodeScalars.dropFirst()).trimmed
        default: return value
        }
    }

    /// Returns whether the identity is a comment's. An author who never wrote has no id on the page yet, so `dripd people list`
    /// shows the comment instead.
    static func isCommentAuthor(_ identity: String) -> Bool {
        identity.hasPrefix("comment:")
    }

    private static func zone(_ value: String) throws(ParseError) -> String {
        // The platform gives a person's offset from UTC, so `dripd people list` shows zones such as `GMT+0530`.
        if value.hasPrefix("GMT"), value.wholeMatch(of: /GMT([+\-][0-9]{4})?/) != nil,
            let zone = TimeZone(identifier: value)
        {
            return zone.identifier
        }
        return try ZoneParser.parse(value).identifier
    }

    /// Parses `vip, khách-quen`. A space does not separate tags: 'khách quen' is one invalid tag, because tags contain no spaces.
    private static func tags(_ value: String) throws(ParseError) -> [String] {
        var (tags, known): ([String], Set<String>) = ([], [])
        for part in value.split(whereSeparator: { ",;|".contains($0) }) {
            let text = String(part).trimmed
            guard !text.isEmpty else { continue }
            do {
                let tag = try TagParser.parse(text)
                if known.insert(tag).inserted { tags.append(tag) }
            } catch {
                let hint = text.contains(where: \.isWhitespace) ? ", and ',' or ';' between two tags" : ""
                throw ParseError(error.message + hint, suggestion: error.suggestion)
            }
        }
        guard tags.count <= Tag.mostOfPerson else {
            throw ParseError("\(tags.count) tags: a person has at most \(Tag.mostOfPerson)")
        }
        return tags
    }

    private static func put(identity value: String, into person: inout PersonRecord) throws(ParseError) {
        guard !value.isEmpty else { throw ParseError("the person's id is missing") }
        guard isNumber(value[...].utf8) else {
            let isRounded = value.wholeMatch(of: /[0-9][.,][0-9]+[eE]\+?[0-9]+/) != nil
            throw ParseError(
                isRounded
                    ? "'\(value)' is an id that a spreadsheet has rounded: format the column as text before the ids go in"
                    : "'\(value)' is not a person's id on the page, which is a number"
            )
        }
        person.address = value
    }

    private static func email(_ value: String) throws(ParseError) -> String {
        guard let email = Contacts(in: value).email, email == value.lowercased() else {
            throw ParseError("'\(value)' is not an e-mail address")
        }
        return email
    }

    private static func attribute(_ value: String, _ name: String) throws(ParseError) -> String {
        guard value.unicodeScalars.count <= PeopleFile.longestValue else {
            throw ParseError("'\(name)' has more than \(PeopleFile.longestValue) characters")
        }
        return value
    }

    private static func attributes(_ value: String) throws(ParseError) -> [String: String] {
        guard let attributes = try? JSONDecoder().decode([String: String].self, from: Data(value.utf8)) else {
            throw ParseError(#"attributes are a JSON object of texts: {"city": "Huế"}"#)
        }
        guard attributes.count <= PersonRecord.mostAttributes else {
            throw ParseError("more than \(PersonRecord.mostAttributes) attributes")
        }
        for (name, value) in attributes {
            guard TextTemplate.isVariable(name) else { throw ParseError("'\(name)' is not an attribute's name") }
            _ = try attribute(value, name)
        }
        return attributes
    }
}

/// A column of a table of people.
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
    /// A column of `dripd people list` that a file cannot change.
    case ignored
    /// A column without a name, which spreadsheets write at the right edge. Its cells must be empty.
    case unnamed

    /// The accepted names of each column: dripd's own first, then those of other programs.
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

    /// Parses the name of a column: `phone`, or `{{city}}` for an attribute of the shop's own.
    static func parse(_ name: String) throws(ParseError) -> PersonColumn {
        let name = StrangeCharacter.plain(name).trimmed
        guard !name.isEmpty else { return .unnamed }
        if let known = names.first(where: { $0.names.contains(name.lowercased()) }) { return known.column }
        if let own = name.wholeMatch(of: /\{\{\s*(.*?)\s*\}\}/), TextTemplate.isVariable(String(own.1)) {
            return .attribute(String(own.1))
        }
        throw ParseError(
            "unknown column '\(name)'; known are \(known); an attribute of your own is written as texts write it: "
                + "'{{city}}'",
            suggestion: Spelling.nearest(to: name, of: names.flatMap(\.names))
        )
    }

    /// Whether the cells are for programs. The additions of spreadsheets and chat apps are then not part of the value.
    var isForPrograms: Bool {
        switch self {
        case .person, .page, .zone, .firstMessage, .lastMessage, .stopped, .paused: true
        case .attribute(let name): name == "phone" || name == "email"
        case .attributes, .tags, .ignored, .unnamed: false
        }
    }

    /// Whether the column may appear only once.
    var isUnique: Bool { self != .ignored && self != .unnamed }
}
