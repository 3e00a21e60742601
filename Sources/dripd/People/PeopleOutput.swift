import DripStore
import Foundation
import SequenceFiles

/// People on standard output, part by part.
protocol PeopleOutput {
    mutating func add(_ people: [PersonSummary]) throws
    mutating func end() throws
}

extension PeopleFormat {
    /// - Parameters:
    ///   - excel: csv begins with a byte order mark.
    ///   - nobody: what a table says that would be empty.
    ///   - zone: of its times.
    func output(excel: Bool, nobody: String, zone: TimeZone) throws -> any PeopleOutput {
        switch self {
        case .table: PeopleTable(nobody: nobody, zone: zone)
        case .csv: try PeopleCSV(excel: excel)
        case .json: PeopleJSON()
        case .ids: PeopleIDs()
        }
    }
}

private struct PeopleTable: PeopleOutput {
    private var table = TextTable(["PERSON", "NAME", "FIRST MESSAGE", "WINDOW UNTIL", "UNDER WAY IN", "NOTE"])
    private var isEmpty = true
    private let nobody: String
    private let zone: TimeZone

    init(nobody: String, zone: TimeZone) {
        self.nobody = nobody
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
        if isEmpty { try Output.standard.line(nobody) } else { try Output.standard.table(table) }
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

/// One array, its elements written as they come.
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
