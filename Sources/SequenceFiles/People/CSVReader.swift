/// The lines of a table in a file, by RFC 4180. Spreadsheets write other separators too, by the country they are set to: the
/// first line tells which.
struct CSVReader {
    struct Cell: Hashable {
        let text: String
        let place: Place
    }

    private let scalars: [Unicode.Scalar]
    private let separator: Unicode.Scalar
    private var index = 0
    private var place = Place.start

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        let first = scalars.prefix { $0 != "\n" && $0 != "\r" }
        let counts = ([",", ";", "\t"] as [Unicode.Scalar]).map { mark in (mark, first.count { $0 == mark }) }
        separator = counts.max { $0.1 < $1.1 }?.0 ?? ","
    }

    /// The next line that is not empty; nil at the end. A cell in quotes may hold line ends.
    mutating func next() throws(Problem) -> [Cell]? {
        while index < scalars.count {
            var cells = [try cell()]
            while index < scalars.count, scalars[index] == separator {
                advance()
                cells.append(try cell())
            }
            endLine()
            if cells.count > 1 || !(cells[0].text.allSatisfy(\.isWhitespace)) { return cells }
        }
        return nil
    }

    struct Problem: Error, Hashable {
        let place: Place
        let message: String
    }

    private mutating func cell() throws(Problem) -> Cell {
        let start = place
        var text = String.UnicodeScalarView()
        guard index < scalars.count, scalars[index] == "\"" else {
            while index < scalars.count, !isEnd(scalars[index]) {
                text.append(scalars[index])
                advance()
            }
            return Cell(text: String(text), place: start)
        }
        advance()
        while true {
            guard index < scalars.count else { throw Problem(place: start, message: "the quotes are never closed") }
            let scalar = scalars[index]
            advance()
            if scalar != "\"" {
                text.append(scalar)
            } else if index < scalars.count, scalars[index] == "\"" {
                text.append(scalar)
                advance()
            } else {
                break
            }
        }
        guard index == scalars.count || isEnd(scalars[index]) else {
            throw Problem(place: place, message: "after closing quotes the cell has to end")
        }
        return Cell(text: String(text), place: start)
    }

    private func isEnd(_ scalar: Unicode.Scalar) -> Bool {
        scalar == separator || scalar == "\n" || scalar == "\r"
    }

    private mutating func endLine() {
        if index < scalars.count, scalars[index] == "\r" { index += 1 }
        if index < scalars.count, scalars[index] == "\n" { index += 1 }
        place = Place(line: place.line + 1, column: 1)
    }

    private mutating func advance() {
        let scalar = scalars[index]
        index += 1
        place =
            scalar == "\n"
            ? Place(line: place.line + 1, column: 1) : Place(line: place.line, column: place.column + 1)
    }
}
