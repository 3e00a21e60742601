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

    /// - Parameter value: not empty, but for a person's id.
    static func put(_ value: String, as column: PersonColumn, into person: inout PersonRecord) throws(Fault) {
        switch column {
        case .person: try put(identity: value, into: &person)
        case .page: person.page = try PageText.parse(value)
        case .attribute("phone"): person.attributes["phone"] = try phone(value)
        case .attribute("email"): person.attributes["email"] = try email(value)
        case .attribute(let name): person.attributes[name] = try attribute(value, name)
        case .attributes:
            // A column of its own says more than this one.
            person.attributes.merge(try attributes(value)) { own, _ in own }
        case .zone: person.zone = try ZoneText.parse(value).identifier
        case .tags:
            // Tags hold neither spaces nor separators of lists.
            for tag in value.split(whereSeparator: { $0.isWhitespace || ",;|".contains($0) }) {
                person.tags.append(try TagText.parse(String(tag)))
            }
        case .firstMessage: person.firstMessageAt = try instant(value)
        case .lastMessage: person.lastMessageAt = try instant(value)
        case .stopped: person.stoppedAt = try instant(value)
        case .ignored: break
        }
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

    private static func phone(_ value: String) throws(Fault) -> String {
        guard let phone = Contacts(in: value).phone else {
            throw Fault("'\(value)' is not a phone number: write 0912345678, or +49301234567 for another country")
        }
        return phone
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

    /// RFC 3339, or milliseconds since 1970.
    private static func instant(_ value: String) throws(Fault) -> Instant {
        let form = "write 2026-11-22T10:00:00+07:00, or milliseconds since 1970"
        guard let instant = Instant(value) else { throw Fault("'\(value)' is not a time: \(form)") }
        // Before 1973, nobody wrote: these are seconds.
        guard instant.milliseconds >= 100_000_000_000 else { throw Fault("'\(value)' is too long ago: \(form)") }
        return instant
    }
}
