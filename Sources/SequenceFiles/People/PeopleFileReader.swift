import DripCore

struct PeopleFileReader {
    let path: String
    let page: String?
    private(set) var people: [PersonRecord] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// The lines of those who were read.
    private var lines: [Identity: Int] = [:]

    private struct Identity: Hashable {
        let page: String?
        let address: String
    }

    init(path: String, page: String?) {
        self.path = path
        self.page = page
    }

    mutating func read(_ bytes: [UInt8]) {
        // Excel's mark of UTF-8 is no part of the text.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard String(validating: bytes, as: UTF8.self) != nil else {
            return report(nil, "is not UTF-8: save it as 'CSV UTF-8'")
        }
        // Tables that grow are copied.
        let most = min(bytes.count { $0 == UInt8(ascii: "\n") } + 1, PeopleFile.mostPeople)
        people.reserveCapacity(most)
        lines.reserveCapacity(most)
        var reader = CSVReader(bytes)
        do {
            guard let first = try reader.next() else { return report(nil, "is empty") }
            if first.count == 1, PersonText.isPerson(first[0].text.trimmed) {
                var line: [CSVReader.Cell]? = first
                while let cells = line, isGoingOn {
                    identity(cells)
                    line = try reader.next()
                }
            } else if let columns = columns(first) {
                while let cells = try reader.next(), isGoingOn { row(cells, columns) }
            }
        } catch {
            report(error.place, error.message)
        }
    }

    /// Whether there is any use in reading on.
    private var isGoingOn: Bool {
        diagnostics.count < PeopleFile.mostProblems
    }

    // MARK: Ids alone

    private mutating func identity(_ cells: [CSVReader.Cell]) {
        let text = cells[0].text.trimmed
        guard cells.count == 1, PersonText.isPerson(text) else {
            return report(
                cells[0].place,
                "'\(text)' is not a person's id, a number or PAGE/NUMBER; a table names its columns in its first line"
            )
        }
        let pieces = text.split(separator: "/").map(String.init)
        add(
            PersonRecord(
                line: cells[0].place.line,
                page: pieces.count == 2 ? pieces[0] : page,
                address: pieces[pieces.count - 1]
            ),
            cells[0].place
        )
    }

    // MARK: A table

    /// nil where the first line does not say what is needed.
    private mutating func columns(_ cells: [CSVReader.Cell]) -> [PersonColumn]? {
        var columns: [PersonColumn] = []
        for cell in cells {
            do {
                let column = try PersonColumn.parse(cell.text)
                if column != .ignored, columns.contains(column) {
                    report(cell.place, "the column '\(cell.text.trimmed)' stands here a second time")
                }
                columns.append(column)
            } catch {
                report(cell.place, error.message, error.suggestion)
            }
        }
        if diagnostics.isEmpty, !columns.contains(.person) {
            report(cells[0].place, "the first line has to name a column 'person', the people's ids on the page")
        }
        return diagnostics.isEmpty ? columns : nil
    }

    private mutating func row(_ cells: [CSVReader.Cell], _ columns: [PersonColumn]) {
        guard cells.count == columns.count else {
            return report(cells[0].place, "\(cells.count) cells, and the first line has \(columns.count)")
        }
        let problems = diagnostics.count
        var person = PersonRecord(line: cells[0].place.line, page: page, address: "")
        var identity = cells[0].place
        for (cell, column) in zip(cells, columns) {
            if column == .person { identity = cell.place }
            let value = CSV.plain(cell.text).trimmed
            guard !value.isEmpty || column == .person else { continue }
            do {
                try PersonText.put(value, as: column, into: &person)
            } catch {
                report(cell.place, error.message, error.suggestion)
            }
        }
        if diagnostics.count == problems { add(person, identity) }
    }

    // MARK: Both

    private mutating func add(_ person: PersonRecord, _ place: Place) {
        guard people.count < PeopleFile.mostPeople else {
            return report(place, "more than \(PeopleFile.mostPeople) people: split the file")
        }
        if let earlier = lines.updateValue(person.line, forKey: Identity(page: person.page, address: person.address)) {
            return report(place, "\(person.address) stands here a second time; the first is on line \(earlier)")
        }
        people.append(person)
    }

    private mutating func report(_ place: Place?, _ message: String, _ suggestion: String? = nil) {
        diagnostics.append(
            Diagnostic(file: path, place: place, severity: .error, message: message, suggestion: suggestion)
        )
    }
}
