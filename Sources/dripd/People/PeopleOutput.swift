import ControlAPI
import DripCore
import Foundation
import SequenceFiles

/// Writes people to standard output, part by part.
protocol PeopleOutput {
    mutating func add(_ people: [PersonSummary]) throws
    mutating func end() throws
}

extension PeopleFormat {
    /// - Parameters:
    ///   - excel: whether csv begins with a byte order mark.
    ///   - emptyText: the text in place of an empty table.
    ///   - zone: the zone of a table's times.
    func output(excel: Bool, emptyText: String, zone: TimeZone) throws -> any PeopleOutput {
        switch self {
        case .table: PeopleTable(emptyText: emptyText, zone: zone)
        case .csv: try PeopleCSV(excel: excel)
        case .json: PeopleJSON()
        case .ids: PeopleIDs()
        }
    }
}

private struct PeopleTable: PeopleOutput {
    private var table = TextTable(["PERSON", "NAME", "FIRST MESSAGE", "WINDOW UNTIL", "UNDER WAY IN", "NOTE"])
    private var isEmpty = true
    private let emptyText: String
    private let zone: TimeZone

    init(emptyText: String, zone: TimeZone) {
        self.emptyText = emptyText
        self.zone = zone
    }

    mutating func add(_ people: [PersonSummary]) {
        for person in people {
            isEmpty = false
            let note = [
                person.stoppedAt.map { "stopped \(LocalTime.text($0, zone))" },
                person.pausedAt.map { "paused \(LocalTime.text($0, zone))" },
                person.unreachable.map { "unreachable: \($0)" },
            ].compactMap(\.self)
            table.add([
                person.person, person.attributes["full_name"] ?? "-",
                person.firstMessageAt.map { LocalTime.text($0, zone) } ?? "-",
                person.windowEnds.map { LocalTime.text($0, zone) } ?? "-",
                person.underWay.isEmpty ? "-" : person.underWay.joined(separator: " "), note.joined(separator: "; "),
            ])
        }
    }

    func end() throws {
        if isEmpty { try Output.standard.line(emptyText) } else { try Output.standard.table(table) }
    }
}

private struct PeopleCSV: PeopleOutput {
    init(excel: Bool) throws {
        try Output.standard.exact((excel ? "\u{FEFF}" : "") + CSV.line(PersonColumns.names))
    }

    func add(_ people: [PersonSummary]) throws {
        try Output.standard.exact(people.map { CSV.line(try PersonColumns.values(of: $0).map(CSV.harmless)) }.joined())
    }

    func end() {}
}

/// One JSON array, whose elements are written as they come.
private struct PeopleJSON: PeopleOutput {
    private var isFirst = true

    mutating func add(_ people: [PersonSummary]) throws {
        guard !people.isEmpty else { return }
        let array = try JSONOutput.text(people)
        try Output.standard.exact((isFirst ? "[" : ",") + array.dropFirst().dropLast(2))
        isFirst = false
    }

    func end() throws {
        try Output.standard.exact(isFirst ? "[\n\n]\n" : "\n]\n")
    }
}

private struct PeopleIDs: PeopleOutput {
    func add(_ people: [PersonSummary]) throws {
        try Output.standard.exact(people.map { "\($0.page)/\($0.person)\n" }.joined())
    }

    func end() {}
}

/// The columns of a person in a CSV file.
enum PersonColumns {
    private static let attributes = ["full_name", "first_name", "last_name", "phone", "email"]

    static let names =
        ["page", "person"] + attributes
        + [
            "zone", "tags", "first_message", "last_message", "window_ends", "stopped", "paused", "unreachable",
            "under_way", "attributes",
        ]

    /// - Returns: one value per name.
    static func values(of person: PersonSummary) throws -> [String] {
        let others = person.attributes.filter { !attributes.contains($0.key) }
        let times = [person.firstMessageAt, person.lastWroteAt, person.windowEnds, person.stoppedAt, person.pausedAt]
        return [person.page, person.person] + attributes.map { person.attributes[$0] ?? "" }
            + [person.zone ?? "", person.tags.joined(separator: ",")] + times.map { $0?.description ?? "" }
            + [
                person.unreachable ?? "", person.underWay.joined(separator: " "),
                others.isEmpty ? "" : try JSONOutput.line(others),
            ]
    }
}
