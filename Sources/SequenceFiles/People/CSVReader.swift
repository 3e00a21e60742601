/// The lines of a table in a file, by RFC 4180. Spreadsheets write other separators too, by the country they are set to: the
/// first line tells which.
struct CSVReader {
    struct Cell: Hashable {
        let text: String
        let place: Place
    }

    /// UTF-8: what parts a table is ASCII, which is part of no other character there.
    private let bytes: ArraySlice<UInt8>
    private let separator: UInt8
    private var index: Int
    private var place = Place.start

    /// - Parameter bytes: valid UTF-8.
    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
        let first = bytes.prefix { $0 != Self.newline && $0 != Self.carriageReturn }
        let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].map { mark in
            (mark, first.count { $0 == mark })
        }
        separator = counts.max { $0.1 < $1.1 }?.0 ?? UInt8(ascii: ",")
    }

    /// The next line that is not empty; nil at the end. A cell in quotes may hold line ends.
    mutating func next() throws(Problem) -> [Cell]? {
        while index < bytes.endIndex {
            var cells = [try cell()]
            while index < bytes.endIndex, bytes[index] == separator {
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

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    private mutating func cell() throws(Problem) -> Cell {
        let start = place
        guard index < bytes.endIndex, bytes[index] == Self.quote else {
            let first = index
            while index < bytes.endIndex, !isEnd(bytes[index]) { advance() }
            return Cell(text: text(bytes[first..<index]), place: start)
        }
        advance()
        var inner: [UInt8] = []
        while true {
            guard index < bytes.endIndex else { throw Problem(place: start, message: "the quotes are never closed") }
            let byte = bytes[index]
            advance()
            if byte == Self.quote {
                // Two of them are one that is part of the text.
                guard index < bytes.endIndex, bytes[index] == Self.quote else { break }
                advance()
            }
            inner.append(byte)
        }
        guard index == bytes.endIndex || isEnd(bytes[index]) else {
            throw Problem(place: place, message: "after closing quotes the cell has to end")
        }
        return Cell(text: text(inner[...]), place: start)
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte == separator || byte == Self.newline || byte == Self.carriageReturn
    }

    private mutating func endLine() {
        if index < bytes.endIndex, bytes[index] == Self.carriageReturn { index += 1 }
        if index < bytes.endIndex, bytes[index] == Self.newline { index += 1 }
        place = Place(line: place.line + 1, column: 1)
    }

    private mutating func advance() {
        let byte = bytes[index]
        index += 1
        if byte == Self.newline {
            place = Place(line: place.line + 1, column: 1)
        } else if !UTF8.isContinuation(byte) {
            place = Place(line: place.line, column: place.column + 1)
        }
    }
}
