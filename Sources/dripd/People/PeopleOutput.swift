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
    func output(excel: Bool, nobody: String) -> any PeopleOutput {
        switch self {
        case .table: PeopleTable(nobody: nobody)
        case .csv: PeopleCSV(excel: excel)
        case .json: PeopleJSON()
        case .ids: PeopleIDs()
        }
    }
}

private struct PeopleTable: PeopleOutput {
    private var table = TextTable(["PERSON", "NAME", "FIRST MESSAGE", "WINDOW UNTIL", "UNDER WAY IN", "NOTE"])
    private var isEmpty = true
    private let nobody: String

    init(nobody: String) {
        self.nobody = nobody
    }

    mutating func add(_ people: [PersonSummary]) {
        for person in people {
            isEmpty = false
            let note = [
                person.stoppedAt.map { "stopped \(LocalTime.text($0, .current))" },
                person.pausedAt.map { "paused \(LocalTime.text($0, .current))" },
                person.unreachable.map { "unreachable: \($0)" },
            ].compactMap(\.self)
            table.add([
                person.person, person.attributes["full_name"] ?? "-",
                person.firstMessageAt.map { LocalTime.text($0, .current) } ?? "-",
                person.windowEnds.map { LocalTime.text($0, .current) } ?? "-",
                person.underWay.isEmpty ? "-" : person.underWay.joined(separator: " "), note.joined(separator: "; "),
            ])
        }
    }

    func end() {
        print(isEmpty ? nobody : table.text)
    }
}

private struct PeopleCSV: PeopleOutput {
    init(excel: Bool) {
        Terminal.write((excel ? "\u{FEFF}" : "") + CSV.line(PersonColumns.names))
    }

    func add(_ people: [PersonSummary]) throws {
        Terminal.write(try people.map { CSV.line(try PersonColumns.values(of: $0).map(CSV.harmless)) }.joined())
    }

    func end() {}
}

/// One array, its elements written as they come.
private struct PeopleJSON: PeopleOutput {
    private var isFirst = true

    mutating func add(_ people: [PersonSummary]) throws {
        guard !people.isEmpty else { return }
        let array = try JSONOutput.text(people)
        Terminal.write((isFirst ? "[" : ",") + array.dropFirst().dropLast(2))
        isFirst = false
    }

    func end() {
        Terminal.write(isFirst ? "[\n\n]\n" : "\n]\n")
    }
}

private struct PeopleIDs: PeopleOutput {
    func add(_ people: [PersonSummary]) {
        Terminal.write(people.map { "\($0.page)/\($0.person)\n" }.joined())
    }

    func end() {}
}
