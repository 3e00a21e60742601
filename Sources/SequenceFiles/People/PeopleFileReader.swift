import DripCore
import Foundation

/// Reads the people of a file, one after the other.
struct PeopleFileReader {
    private let file: PeopleFile
    private var reader: CSVReader
    /// nil until the first line is read.
    private var form: Form?
    /// The first line of a list of ids, which is already a person.
    private var first: [CSVReader.Cell]?
    private var isOver = false
    var problems: PeopleProblems
    private var notes = PeopleNotes()
    /// The order of ambiguous dates; nil if not known yet.
    private let order: TimeCell.Order?
    /// The first unambiguous date of each order.
    private var orders: [TimeCell.Order: CSVReader.Cell] = [:]
    /// The first ambiguous date.
    private var ambiguous: CSVReader.Cell?

    /// The most columns of a table. A chatbot's export of all its fields has a few dozen.
    private static let mostColumns = 1_000

    private enum Form {
        case ids
        case table([PersonColumn])
    }

    init(_ file: PeopleFile, order: TimeCell.Order?) {
        self.file = file
        self.order = order
        reader = CSVReader(file.source, pieceSize: file.pieceSize)
        problems = PeopleProblems(path: file.path)
    }

    /// Returns the next person without problems, and the location of their id; nil at the end, or if the rest cannot be read.
    mutating func next() -> (PersonRecord, SourceLocation)? {
        while !isOver {
            do {
                guard let cells = try line() else { break }
                switch form {
                case .table(let columns): if let found = row(cells, columns) { return found }
                case .ids: if let found = identity(cells) { return found }
                case nil: begin(cells)
                }
            } catch {
                problems.add(error.place, error.message)
                break
            }
        }
        isOver = true
        return nil
    }

    private mutating func line() throws(CSVReader.Problem) -> [CSVReader.Cell]? {
        if let first {
            self.first = nil
            return first
        }
        if let line = try reader.next() { return line }
        if form == nil { problems.add(nil, "is empty") }
        return nil
    }

    private mutating func begin(_ cells: [CSVReader.Cell]) {
        if cells.count == 1, PersonParser.isPerson(PersonParser.machine(cells[0].text)) {
            form = .ids
            first = cells
        } else if let columns = columns(cells) {
            form = .table(columns)
        } else {
            isOver = true
        }
    }

    func warnings(of people: Int) -> [Diagnostic] {
        notes.warnings(path: file.path, people: people)
    }

    /// Returns the order of day and month in the file's dates. One unambiguous date settles it for the ambiguous ones.
    mutating func settleOrder() -> TimeCell.Order? {
        if let day = orders[.dayFirst], let month = orders[.monthFirst] {
            let (earlier, later) = day.place < month.place ? (day, month) : (month, day)
            problems.add(
                later.place,
                "'\(later.text.trimmed)' has its day in another place than '\(earlier.text.trimmed)' on line "
                    + "\(earlier.place.line): \(TimeCell.form)"
            )
            return nil
        }
        if let ambiguous, orders.isEmpty, order == nil {
            problems.add(
                ambiguous.place,
                "'\(ambiguous.text.trimmed)' can be read with the day or the month first, and no date of this file shows which: "
                    + TimeCell.form
            )
        }
        return orders[.monthFirst] != nil ? .monthFirst : orders[.dayFirst] != nil ? .dayFirst : order
    }

    // MARK: Ids alone

    private mutating func identity(_ cells: [CSVReader.Cell]) -> (PersonRecord, SourceLocation)? {
        let text = PersonParser.machine(cells[0].text)
        let place = cells[0].place
        guard cells.dropFirst().allSatisfy({ $0.text.trimmed.isEmpty }), PersonParser.isPerson(text) else {
            if let author = text.split(separator: "/").last.map(String.init), PersonParser.isCommentAuthor(author) {
                notes.addCommentAuthor(author, place)
                return nil
            }
            problems.add(
                place,
                "'\(text)' is not a person's id, a number or PAGE/NUMBER; a table names its columns in its first line"
            )
            return nil
        }
        let pieces = text.split(separator: "/").map(String.init)
        let address = pieces[pieces.count - 1]
        notes.add(id: address, place)
        return (
            PersonRecord(line: place.line, page: pieces.count == 2 ? pieces[0] : file.page, address: address), place
        )
    }

    // MARK: A table

    /// Reads the names of the columns; nil if the first line has problems.
    private mutating func columns(_ cells: [CSVReader.Cell]) -> [PersonColumn]? {
        guard cells.count <= Self.mostColumns else {
            problems.add(cells[0].place, "\(cells.count) columns: a file of people has at most \(Self.mostColumns)")
            return nil
        }
        var columns: [PersonColumn] = []
        for cell in cells {
            do {
                let column = try PersonColumn.parse(cell.text)
                if column.isUnique, columns.contains(column) {
                    problems.add(cell.place, "duplicate column '\(cell.text.trimmed)'")
                }
                columns.append(column)
            } catch {
                problems.add(cell.place, error.message, error.suggestion)
            }
        }
        if problems.count == 0, !columns.contains(.person) {
            problems.add(
                cells[0].place,
                "the first line has to name a column 'person', the people's ids on the page"
            )
        }
        return problems.count == 0 ? columns : nil
    }

    private mutating func row(_ cells: [CSVReader.Cell], _ columns: [PersonColumn]) -> (PersonRecord, SourceLocation)? {
        // A spreadsheet adds empty cells at the right edge.
        guard cells.count >= columns.count, cells.dropFirst(columns.count).allSatisfy({ $0.text.trimmed.isEmpty })
        else {
            problems.add(cells[0].place, "\(cells.count) cells, and the first line has \(columns.count)")
            return nil
        }
        let before = problems.count
        var person = PersonRecord(line: cells[0].place.line, page: file.page, address: "")
        var identity = cells[0].place
        for (cell, column) in zip(cells, columns) {
            let value = column.isForPrograms ? PersonParser.machine(cell.text) : CSV.plain(cell.text).trimmed
            if column == .person {
                identity = cell.place
                guard !PersonParser.isCommentAuthor(value) else {
                    notes.addCommentAuthor(value, cell.place)
                    return nil
                }
            }
            guard !value.isEmpty || column == .person else { continue }
            do throws(ParseError) {
                switch column {
                case .firstMessage: person.firstMessageAt = try time(value, cell)
                case .lastMessage: person.lastMessageAt = try time(value, cell)
                case .stopped: person.stoppedAt = try time(value, cell)
                case .paused: person.pausedAt = try time(value, cell)
                case .attribute("phone"): person.attributes["phone"] = try phone(value, cell)
                default: try PersonParser.put(value, as: column, into: &person)
                }
            } catch {
                problems.add(cell.place, error.message, error.suggestion)
            }
        }
        guard problems.count == before else { return nil }
        notes.add(id: person.address, identity)
        return (person, identity)
    }

    private mutating func phone(_ value: String, _ cell: CSVReader.Cell) throws(ParseError) -> String {
        let phone = try PhoneCell(value)
        if let doubt = phone.doubt { notes.add(doubt, value, cell.place) }
        return phone.number
    }

    private mutating func time(_ value: String, _ cell: CSVReader.Cell) throws(ParseError) -> Instant {
        let time = try TimeCell(value, zone: file.zone, order: order)
        if time.isAmbiguous {
            ambiguous = ambiguous ?? cell
        } else if let order = time.order {
            orders[order] = orders[order] ?? cell
        }
        return time.instant
    }
}
