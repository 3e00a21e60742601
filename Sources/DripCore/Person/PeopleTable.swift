/// People column by column, as an order carries them: with the names of all that each may have, reading and writing JSON
/// took as long as the store did. Where a text is empty or a column is missing, the file says nothing.
package struct PeopleTable: Codable, Hashable {
    private let lines: [Int]
    private let addresses: [String]
    private var pages: [String]?
    private var attributes: [String: [String]] = [:]
    private var tags: [[String]]?
    private var zones: [String]?
    /// Milliseconds since 1970, as the others.
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

    /// nil: its columns are not equally long.
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
