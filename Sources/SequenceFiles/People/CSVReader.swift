/// The lines of a table in a file, by RFC 4180, a piece of the file at a time: only one piece and one line are in memory. Spreadsheets
/// write other separators too, by the country they are set to: the first line tells which.
struct CSVReader {
    struct Cell: Hashable {
        let text: String
        let place: Place
    }

    struct Problem: Error, Hashable {
        /// nil: the file as a whole.
        let place: Place?
        let message: String
    }

    /// Of one line, with all that its quotes hold, in bytes. A quotation mark that is never closed would make a line of all that follows.
    static let longestLine = 1024 * 1024

    private let source: ByteSource
    private let pieceSize: Int
    /// What was read and not parsed: from `index` on.
    private var buffer: [UInt8] = []
    private var index = 0
    /// Where in the file the buffer ends.
    private var offset = 0
    private var isAtEnd = false
    private var separator = UInt8(ascii: ",")
    private var place = Place.start

    /// - Parameter pieceSize: how many bytes are read at once.
    init(_ source: ByteSource, pieceSize: Int = 256 * 1024) {
        self.source = source
        self.pieceSize = pieceSize
    }

    /// The next line in which any cell has a text; nil at the end. A cell in quotes may hold line ends.
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
                // The line goes on in the next piece: it is parsed anew with that.
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

    /// Reads the next piece, and forgets what lies before `start`.
    private mutating func readOn(from start: Int) throws(Problem) {
        guard buffer.endIndex - start <= Self.longestLine else {
            throw Problem(
                place: place,
                message: "a line of more than \(Self.longestLine / 1024) KiB: are quotes never closed?"
            )
        }
        let piece: [UInt8]
        do {
            // A long line is read in ever larger pieces, so that it is not parsed too often.
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
        // Excel's mark of UTF-8 is no part of the text.
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while !isAtEnd, !hasFirstLine { try readOn(from: index) }
        let first = buffer[index...].drop(while: isLineEnd).prefix { !isLineEnd($0) }
        // Excel says there which separator it wrote.
        if first.count == 5, first.starts(with: Array("sep=".utf8)), let named = first.last {
            separator = named
            place = Place(line: 1 + buffer[..<first.startIndex].count { $0 == Self.newline }, column: 1)
            // The rest of the line is empty, and such lines are left out.
            index = first.endIndex
            return
        }
        let counts = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].map { mark in
            (mark, first.count { $0 == mark })
        }
        separator = counts.max { $0.1 < $1.1 }?.0 ?? separator
    }

    /// The first line that is not empty is in the buffer up to its end.
    private var hasFirstLine: Bool {
        buffer[index...].drop(while: isLineEnd).contains(where: isLineEnd)
    }

    private func isLineEnd(_ byte: UInt8) -> Bool {
        byte == Self.newline || byte == Self.carriageReturn
    }

    // MARK: Cells

    /// nil: the buffer ends within the line.
    private mutating func line() throws(Problem) -> [Cell]? {
        guard let first = try cell() else { return nil }
        var cells = [first]
        while index < buffer.endIndex, buffer[index] == separator {
            advance()
            guard let cell = try cell() else { return nil }
            cells.append(cell)
        }
        // Whether a line feed follows a carriage return is seen only then.
        guard isAtEnd || index + 1 < buffer.endIndex else { return nil }
        if index < buffer.endIndex, buffer[index] == Self.carriageReturn { index += 1 }
        if index < buffer.endIndex, buffer[index] == Self.newline { index += 1 }
        place = Place(line: place.line + 1, column: 1)
        return cells
    }

    /// nil: the buffer ends within the cell.
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
            place = Place(line: place.line, column: place.column + characters)
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
                // Two of them are one that is part of the text.
                guard index < buffer.endIndex, buffer[index] == Self.quote else { break }
                advance()
            }
            inner.append(byte)
        }
        guard index == buffer.endIndex || isCellEnd(buffer[index]) else {
            throw Problem(place: place, message: "after closing quotes the cell has to end")
        }
        return Cell(text: try text(inner[...], at: start), place: start)
    }

    private func text(_ bytes: ArraySlice<UInt8>, at place: Place) throws(Problem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(place: place, message: "is not UTF-8: save the file as 'CSV UTF-8'")
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
            place = Place(line: place.line + 1, column: 1)
        } else if !UTF8.isContinuation(byte) {
            place = Place(line: place.line, column: place.column + 1)
        }
    }
}
