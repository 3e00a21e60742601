import Foundation

/// A person's data from an operator's import file.
package struct PersonRecord: Hashable, Sendable {
    package static let mostAttributes = 50
    /// The most scalars in an attribute's value.
    package static let longestAttribute = 1_000
    /// The most scalars in an attribute's name, and in a tag.
    package static let longestName = 64
    /// The most bytes in an address, and in a page's address.
    private static let longestAddress = 1_000

    /// The line of the file.
    package let line: Int
    /// The page's address; nil for the only page.
    package var page: String?
    package var address: String
    package var attributes: [String: String] = [:]
    package var tags: [String] = []
    /// A name from the tz database.
    package var zone: String?
    package var firstMessageAt: Instant?
    package var lastMessageAt: Instant?
    package var stoppedAt: Instant?
    /// When the person's messages were paused for an operator's decision.
    package var pausedAt: Instant?

    package init(line: Int, page: String?, address: String) {
        self.line = line
        self.page = page
        self.address = address
    }
}

extension PersonRecord {
    /// The reason why the record cannot be stored; nil if it can. The file reader reports the same mistakes with their
    /// lines. This check is for import requests from other programs.
    package var flaw: String? {
        if attributes.count > Self.mostAttributes { return "a person has more than \(Self.mostAttributes) attributes" }
        if attributes.keys.contains(where: { $0.unicodeScalars.count > Self.longestName }) {
            return "an attribute's name has more than \(Self.longestName) characters"
        }
        if attributes.values.contains(where: { $0.unicodeScalars.count > Self.longestAttribute }) {
            return "an attribute has more than \(Self.longestAttribute) characters"
        }
        if tags.count > Tag.mostOfPerson { return "a person has more than \(Tag.mostOfPerson) tags" }
        if !tags.allSatisfy(Self.isTag) { return "a tag has from 1 to \(Self.longestName) characters" }
        if max(address.utf8.count, page?.utf8.count ?? 0) > Self.longestAddress {
            return "an address has more than \(Self.longestAddress) bytes"
        }
        let times = [firstMessageAt, lastMessageAt, stoppedAt].compactMap(\.self)
        return times.allSatisfy(\.isInCalendarRange) ? nil : "a time is not within the years 1 to 9999"
    }

    /// Returns whether the length of a tag is allowed.
    package static func isTag(_ text: String) -> Bool {
        (1...longestName).contains(text.unicodeScalars.count)
    }
}

extension Person {
    /// Attributes that come from the platform or the person. A file only fills them in and never overwrites them.
    private static let firsthand: Set<String> = ["full_name", "first_name", "last_name", "locale", "phone", "email"]

    /// Returns the person with the data of a file added. Tags and opt-outs are not part of it, because they have
    /// further effects.
    package func adding(_ record: PersonRecord) -> Person {
        var person = self
        for (name, value) in record.attributes where !value.trimmed.isEmpty {
            let isKnown = !(attributes[name] ?? "").trimmed.isEmpty
            if !isKnown || !Self.firsthand.contains(name) { person.attributes[name] = value }
        }
        person.zone = zone ?? record.zone.flatMap(TimeZone.init(identifier:))
        // A person who ever wrote has had a first message, whenever that was.
        person.firstMessageAt = [firstMessageAt, record.firstMessageAt, record.lastMessageAt].compactMap(\.self).min()
        if let wrote = record.lastMessageAt {
            if opensWindow(at: wrote) {
                person.address.windowEnds = max(address.windowEnds ?? wrote, wrote + StandardWindow.length)
            }
            person.lastWroteAt = max(lastWroteAt ?? wrote, wrote)
        }
        return person
    }

    /// Returns whether a message at `wrote` opens the window. A window that ended less than a day after the person's
    /// last message was closed by the platform, and only a later message opens it again.
    private func opensWindow(at wrote: Instant) -> Bool {
        guard let windowEnds = address.windowEnds, let lastWroteAt, windowEnds < lastWroteAt + StandardWindow.length
        else { return true }
        return wrote > windowEnds
    }
}

/// People by column, as an import request carries them. With all keys repeated for each person, reading and writing
/// JSON took as long as the store. An empty text or a missing column means that the file says nothing.
package struct PeopleTable: Codable, Hashable {
    private let lines: [Int]
    private let addresses: [String]
    private var pages: [String]?
    private var attributes: [String: [String]] = [:]
    private var tags: [[String]]?
    private var zones: [String]?
    /// Milliseconds since 1970, as in the columns below.
    private var firstMessages: [Int64?]?
    private var lastMessages: [Int64?]?
    private var stops: [Int64?]?
    private var pauses: [Int64?]?

    package init(_ people: [PersonRecord]) {
        func column<Value>(_ value: (PersonRecord) -> Value, but missing: Value) -> [Value]? where Value: Equatable {
            let values = people.map(value)
            return values.allSatisfy { $0 == missing } ? nil : values
        }
        lines = people.map(\.line)
        addresses = people.map(\.address)
        pages = column({ $0.page ?? "" }, but: "")
        tags = column(\.tags, but: [])
        zones = column({ $0.zone ?? "" }, but: "")
        firstMessages = column({ $0.firstMessageAt?.milliseconds }, but: nil)
        lastMessages = column({ $0.lastMessageAt?.milliseconds }, but: nil)
        stops = column({ $0.stoppedAt?.milliseconds }, but: nil)
        pauses = column({ $0.pausedAt?.milliseconds }, but: nil)
        for (index, person) in people.enumerated() {
            for (name, value) in person.attributes {
                attributes[name, default: Array(repeating: "", count: people.count)][index] = value
            }
        }
    }

    /// The people by row; nil if the columns differ in length.
    package var people: [PersonRecord]? {
        let times = [firstMessages, lastMessages, stops, pauses].compactMap { $0?.count }
        let lengths = [addresses.count, pages?.count, tags?.count, zones?.count].compactMap(\.self) + times
        guard (lengths + attributes.values.map(\.count)).allSatisfy({ $0 == lines.count }) else { return nil }
        func said(_ column: [String]?, _ index: Int) -> String? {
            column.flatMap { $0[index].isEmpty ? nil : $0[index] }
        }
        func time(_ column: [Int64?]?, _ index: Int) -> Instant? {
            column.flatMap { $0[index] }.map(Instant.init(milliseconds:))
        }
        return lines.indices.map { index in
            var person = PersonRecord(line: lines[index], page: said(pages, index), address: addresses[index])
            for (name, values) in attributes where !values[index].isEmpty { person.attributes[name] = values[index] }
            person.tags = tags?[index] ?? []
            person.zone = said(zones, index)
            person.firstMessageAt = time(firstMessages, index)
            person.lastMessageAt = time(lastMessages, index)
            person.stoppedAt = time(stops, index)
            person.pausedAt = time(pauses, index)
            return person
        }
    }
}
