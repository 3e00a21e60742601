import DripCore
import Foundation

/// Cells of a table of people.
enum PersonText {
    /// A page-scoped id, alone or behind its page's.
    static func isPerson(_ text: String) -> Bool {
        let pieces = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return pieces.count <= 2 && pieces.allSatisfy(isNumber)
    }

    private static func isNumber(_ text: Substring.UTF8View) -> Bool {
        (1...32).contains(text.count) && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// - Parameter value: not empty, but for a person's id; of a column for programs as `machine` gives it.
    static func put(_ value: String, as column: PersonColumn, into person: inout PersonRecord) throws(Fault) {
        switch column {
        case .person: try put(identity: value, into: &person)
        case .page: person.page = try PageText.parse(value)
        case .attribute("email"): person.attributes["email"] = try email(value)
        case .attribute(let name): person.attributes[name] = try attribute(value, name)
        case .attributes:
            // A column of its own says more than this one.
            person.attributes.merge(try attributes(value)) { own, _ in own }
        case .zone: person.zone = try zone(value)
        case .tags: person.tags = try tags(value)
        case .unnamed: throw Fault("'\(value)' is in a column without a name: the first line has to name it")
        case .firstMessage, .lastMessage, .stopped, .paused, .ignored: break
        }
    }

    /// A cell for programs, without what spreadsheets and chat apps add: the apostrophe by which Excel knows a text, and characters that
    /// nothing shows.
    static func machine(_ cell: String) -> String {
        let value = StrangeCharacter.plain(cell).trimmed
        switch value.unicodeScalars.first {
        case "'", "\u{2018}", "\u{2019}": return String(value.unicodeScalars.dropFirst()).trimmed
        default: return value
        }
    }

    /// The author of a comment who never wrote has no id on the page yet: in a list of ours they go by their comment.
    static func isCommentAuthor(_ identity: String) -> Bool {
        identity.hasPrefix("comment:")
    }

    private static func zone(_ value: String) throws(Fault) -> String {
        // What the platform tells of people is a distance from UTC: our own list has `GMT+0530`.
        if value.hasPrefix("GMT"), value.wholeMatch(of: /GMT([+\-][0-9]{4})?/) != nil,
            let zone = TimeZone(identifier: value)
        {
            return zone.identifier
        }
        return try ZoneText.parse(value).identifier
    }

    /// `vip, khách-quen`. A tag holds no space, and so a space does not separate two: 'khách quen' is a tag that was written wrongly.
    private static func tags(_ value: String) throws(Fault) -> [String] {
        var tags: [String] = []
        for part in value.split(whereSeparator: { ",;|".contains($0) }) {
            let text = String(part).trimmed
            guard !text.isEmpty else { continue }
            do {
                let tag = try TagText.parse(text)
                if !tags.contains(tag) { tags.append(tag) }
            } catch {
                let hint = text.contains(where: \.isWhitespace) ? ", and ',' or ';' between two tags" : ""
                throw Fault(error.message + hint, suggestion: error.suggestion)
            }
        }
        return tags
    }

    private static func put(identity value: String, into person: inout PersonRecord) throws(Fault) {
        guard !value.isEmpty else { throw Fault("here the person's id is missing") }
        guard isNumber(value[...].utf8) else {
            let isRounded = value.wholeMatch(of: /[0-9][.,][0-9]+[eE]\+?[0-9]+/) != nil
            throw Fault(
                isRounded
                    ? "'\(value)' is an id that a spreadsheet has rounded: format the column as text before the ids go in"
                    : "'\(value)' is not a person's id on the page, which is a number"
            )
        }
        person.address = value
    }

    private static func email(_ value: String) throws(Fault) -> String {
        guard let email = Contacts(in: value).email, email == value.lowercased() else {
            throw Fault("'\(value)' is not an e-mail address")
        }
        return email
    }

    private static func attribute(_ value: String, _ name: String) throws(Fault) -> String {
        guard value.unicodeScalars.count <= PeopleFile.longestValue else {
            throw Fault("'\(name)' has more than \(PeopleFile.longestValue) characters")
        }
        return value
    }

    private static func attributes(_ value: String) throws(Fault) -> [String: String] {
        guard let attributes = try? JSONDecoder().decode([String: String].self, from: Data(value.utf8)) else {
            throw Fault(#"attributes are a JSON object of texts: {"city": "Huế"}"#)
        }
        guard attributes.count <= PersonRecord.mostAttributes else {
            throw Fault("more than \(PersonRecord.mostAttributes) attributes")
        }
        for (name, value) in attributes {
            guard TextTemplate.isVariable(name) else { throw Fault("'\(name)' is not an attribute's name") }
            _ = try attribute(value, name)
        }
        return attributes
    }
}
