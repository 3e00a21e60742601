/// Reads the lines of a CSV file (RFC 4180). Only one piece of the file and one line are in memory. Spreadsheets also write other
/// separators, depending on their locale; the first line shows which.
struct CSVReader {
    struct Cell: Hashable {
        let text: String
        let place: SourceLocation
    }

    struct Problem: Error, Hashable {
        /// nil if the problem is with the file as a whole.
        let place: SourceLocation?
        let message: String
    }

    /// The most bytes of one line, including line breaks in quotes. An unclosed quotation mark would turn the rest of the file
    /// into one line.
    static let longestLine = 1024 * 1024

    private let source: ByteSource
    private let pieceSize: Int
    /// The bytes that were read. Those from `index` on are not parsed yet.
    private var buffer: [UInt8] = []
    private var index = 0
    /// The offset in the file of the end of the buffer.
    private var offset = 0
    private var isAtEnd = false
    private var separator = UInt8(ascii: ",")
    private var place = SourceLocation.start

    /// - Parameter pieceSize: how many bytes are read at once.
    init(_ source: ByteSource, pieceSize: Int = 256 * 1024) {
        self.source = source
        self.pieceSize = pieceSize
    }

    /// Returns the next line with a cell that is not empty; nil at the end. A cell in quotes may contain line breaks.
    mutating func next() throws(Problem) -> [Cell]? {
        if offset == 0 { try begin() }
        while true {
            let (start, startPlace) = (index, place)
            if index == buffer.endIndex {
                guard !isAtEnd else { return nil }
                try readOn(from: start)
                continue
            }
            guard let cells = try line() else {
                // The line continues in the next piece: parse it again together with that piece.
                place = startPlace
                try readOn(from: start)
                continue
            }
            if cells.contains(where: { !$0.text.allSatisfy(\.isWhitespace) }) { return cells }
        }
    }

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    // MARK: Bytes

    /// Reads the next piece, and drops the bytes before `start`.
    private mutating func readOn(from start: Int) throws(Problem) {
        guard buffer.endIndex - start <= Self.longestLine else {
            throw Problem(
                place: place,
                message: "a line of more than \(Self.longestLine / 1024) KiB: are quotes never closed?"
            )
        }
        let piece: [UInt8]
        do {
            // The pieces grow with a long line, which limits how often it is parsed again.
            piece = try source.piece(at: offset, count: max(pieceSize, buffer.endIndex - start))
        } catch {
            throw Problem(place: nil, message: error.reason)
        }
        buffer.removeFirst(start)
        buffer += piece
        index = 0
        offset += piece.count
        isAtEnd = piece.isEmpty
    }

    private mutating func begin() throws(Problem) {
        try readOn(from: 0)
        guard !buffer.starts(with: [0xFF, 0xFE]), !buffer.starts(with: [0xFE, 0xFF]) else {
            throw Problem(place: nil, message: "is in UTF-16: save it as 'CSV UTF-8'")
        }
        // Excel's byte order mark is not part of the text.
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while !isAtEnd, !hasFirstLine { try readOn(from: index) }
        let first = buffer[index...].drop(while: isLineEnd).prefix { !isLineEnd($0) }
        // Excel can name its separator in the first line.
        if first.count == 5, first.starts(with: Array("sep=".utf8)), let named = first.last {
            separator = named
            place = SourceLocation(line: 1 + buffer[..<first.startIndex].count { $0 == Self.newline }, column: 1)
            // The rest of this line is empty, and empty lines are skipped.
            index = first.endIndex
            return
        }
        let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].map { mark in
            (mark, first.count { $0 == mark })
        }
        separator = counts.max { $0.1 < $1.1 }?.0 ?? separator
    }

    /// Whether the whole first line that is not empty is in the buffer.
    private var hasFirstLine: Bool {
        buffer[index...].drop(while: isLineEnd).contains(where: isLineEnd)
    }

    private func isLineEnd(_ byte: UInt8) -> Bool {
        byte == Self.newline || byte == Self.carriageReturn
    }

    // MARK: Cells

    /// Parses a line; nil if the buffer ends within it.
    private mutating func line() throws(Problem) -> [Cell]? {
        guard let first = try cell() else { return nil }
        var cells = [first]
        while index < buffer.endIndex, buffer[index] == separator {
            advance()
            guard let cell = try cell() else { return nil }
            cells.append(cell)
        }
        // Only the next byte shows whether a line feed follows a carriage return.
        guard isAtEnd || index + 1 < buffer.endIndex else { return nil }
        if index < buffer.endIndex, buffer[index] == Self.carriageReturn { index += 1 }
        if index < buffer.endIndex, buffer[index] == Self.newline { index += 1 }
        place = SourceLocation(line: place.line + 1, column: 1)
        return cells
    }

    /// Parses a cell; nil if the buffer ends within it.
    private mutating func cell() throws(Problem) -> Cell? {
        let start = place
        guard index < buffer.endIndex else { return isAtEnd ? Cell(text: "", place: start) : nil }
        guard buffer[index] == Self.quote else {
            let first = index
            var characters = 0
            while index < buffer.endIndex, !isCellEnd(buffer[index]) {
                if !UTF8.isContinuation(buffer[index]) { characters += 1 }
                index += 1
            }
            guard isAtEnd || index < buffer.endIndex else { return nil }
            place = SourceLocation(line: place.line, column: place.column + characters)
            return Cell(text: try text(buffer[first..<index], at: start), place: start)
        }
        advance()
        var inner: [UInt8] = []
        while true {
            guard index < buffer.endIndex else {
                guard isAtEnd else { return nil }
                throw Problem(place: start, message: "the quotes are never closed")
            }
            let byte = buffer[index]
            advance()
            if byte == Self.quote {
                guard isAtEnd || index < buffer.endIndex else { return nil }
                // Two quotation marks are one that belongs to the text.
                guard index < buffer.endIndex, buffer[index] == Self.quote else { break }
                advance()
            }
            inner.append(byte)
        }
        guard index == buffer.endIndex || isCellEnd(buffer[index]) else {
            throw Problem(place: place, message: "the cell must end after its closing quotes")
        }
        return Cell(text: try text(inner[...], at: start), place: start)
    }

    private func text(_ bytes: ArraySlice<UInt8>, at place: SourceLocation) throws(Problem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(place: place, message: "is not UTF-8: save the file as 'CSV UTF-8'")
        }
        // Dropped from an id, it would make the id of another person.
        guard !bytes.contains(where: { $0 < 0x20 && !"\t\n\r".utf8.contains($0) }) else {
            throw Problem(
                place: place,
                message: "contains a control character: remove it, or save the file as 'CSV UTF-8'"
            )
        }
        return text
    }

    private func isCellEnd(_ byte: UInt8) -> Bool {
        byte == separator || byte == Self.newline || byte == Self.carriageReturn
    }

    private mutating func advance() {
        let byte = buffer[index]
        index += 1
        if byte == Self.newline {
            place = SourceLocation(line: place.line + 1, column: 1)
        } else if !UTF8.isContinuation(byte) {
            place = SourceLocation(line: place.line, column: place.column + 1)
        }
    }
}

/// Writes comma-separated values (RFC 4180).
package enum CSV {
    /// Returns a line with its line break.
    package static func line(_ cells: [String]) -> String {
        cells.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ cell: String) -> String {
        // By scalars: "\r\n" is one character to Swift.
        guard cell.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }

    /// Returns a cell that no spreadsheet runs. People choose their own names, and the name `=HYPERLINK(…)` would be a formula on
    /// the operator's machine. Source: OWASP, "CSV Injection".
    package static func harmless(_ cell: String) -> String {
        isFormula(cell) ? "'" + cell : cell
    }

    /// Returns the cell that `harmless` was given.
    static func plain(_ cell: String) -> String {
        cell.utf8.first == UInt8(ascii: "'") && isFormula(String(cell.dropFirst())) ? String(cell.dropFirst()) : cell
    }

    /// Returns whether a spreadsheet would run the cell. It reads an international phone number only as a number, and programs
    /// need that unchanged.
    private static func isFormula(_ cell: String) -> Bool {
        guard let first = cell.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else {
            return false
        }
        return cell.wholeMatch(of: /\+[0-9]+/) == nil
    }
}
