/// A file's text as the YAML parser gets it: valid UTF-8 without a byte order mark, lines separated by line feeds. Maps
/// the parser's positions to lines and columns.
struct SourceText {
    static let longestBytes = 256 * 1024

    let lines: [SourceLine]
    /// Whether any line has a `#`. Most files have none, and the search for comments can be skipped.
    private let hasHash: Bool

    /// nil if the text cannot be parsed at all; the reason has been reported.
    init?(bytes: [UInt8], report: inout FileReport) {
        guard !bytes.starts(with: [0xff, 0xfe]), !bytes.starts(with: [0xfe, 0xff]) else {
            report.error("the file is in UTF-16; save it in UTF-8", at: .start)
            return nil
        }
        let content = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            Self.reportInvalidBytes(content, &report)
            return nil
        }
        // "\r\n" is one Character, and so is "\n".
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map { SourceLine(String($0)) }
        hasHash = Self.hasHash(lines)
        guard !reportForbiddenCharacters(&report) else { return nil }
    }

    private init(lines: [SourceLine]) {
        self.lines = lines
        hasHash = Self.hasHash(lines)
    }

    private static func hasHash(_ lines: [SourceLine]) -> Bool {
        lines.contains { line in
            line.text.utf8.contains(UInt8(ascii: "#"))
        }
    }

    var text: String {
        lines.map(\.text).joined(separator: "\n")
    }

    /// Returns the same text with one line replaced.
    func replacing(line: Int, with text: String) -> SourceText {
        var lines = lines
        lines[line - 1] = SourceLine(text)
        return SourceText(lines: lines)
    }

    /// Returns the location for a line and a column as the YAML parser counts them: from 1, the column in Unicode scalars.
    func place(line: Int, scalarColumn: Int) -> SourceLocation {
        guard (1...lines.count).contains(line) else {
            return SourceLocation(line: max(line, 1), column: max(scalarColumn, 1))
        }
        return SourceLocation(line: line, column: lines[line - 1].column(scalarColumn: scalarColumn))
    }

    /// Returns the text from a location to the end of its line.
    func rest(at place: SourceLocation) -> Substring {
        guard place.line <= lines.count else { return "" }
        return lines[place.line - 1].rest(at: place.column)
    }

    /// Returns the locations in the file of the first `count` occurrences of a sign in a scalar's text. The file may fold, indent
    /// or escape the text, but the signs keep their order and do not overlap. Returns fewer locations if fewer are found.
    func places(of sign: String, _ count: Int, in scalar: YAMLScalar, at start: SourceLocation) -> [SourceLocation] {
        let sign = Array(sign)
        var places: [SourceLocation] = []
        var line = scalar.style == .block ? start.line + 1 : start.line
        while places.count < count, line <= lines.count {
            let from = line == start.line ? start.column : 1
            let characters = Array(lines[line - 1].rest(at: from))
            var index = 0
            while places.count < count, index + sign.count <= characters.count {
                if characters[index..<index + sign.count].elementsEqual(sign) {
                    places.append(SourceLocation(line: line, column: from + index))
                    index += sign.count
                } else {
                    index += 1
                }
            }
            line += 1
        }
        return places
    }

    /// Returns the location of a comment that follows a plain scalar and has no space after its `#`: the author probably meant it
    /// as text.
    func gluedComment(after text: String, at start: SourceLocation) -> SourceLocation? {
        guard hasHash else { return nil }
        var number = start.line
        var rest = rest(at: start)
        // The text may be folded over several lines, but its words keep their order.
        for character in text where !character.isWhitespace {
            rest = rest.drop(while: \.isWhitespace)
            while rest.isEmpty, number < lines.count {
                number += 1
                rest = lines[number - 1].text.drop(while: \.isWhitespace)
            }
            guard rest.first == character else { return nil }
            rest.removeFirst()
        }
        let comment = rest.drop(while: \.isWhitespace)
        guard comment.count < rest.count, Self.isGlued(comment) else { return nil }
        return SourceLocation(line: number, column: lines[number - 1].text.count - comment.count + 1)
    }

    /// Returns the location of the first such comment in a line.
    func gluedComment(inLine number: Int) -> SourceLocation? {
        guard hasHash, number <= lines.count else { return nil }
        var rest = lines[number - 1].text[...]
        while let space = rest.firstIndex(of: " ") {
            rest = rest[rest.index(after: space)...]
            if Self.isGlued(rest) {
                return SourceLocation(line: number, column: lines[number - 1].text.count - rest.count + 1)
            }
        }
        return nil
    }

    private static func isGlued(_ comment: Substring) -> Bool {
        guard comment.first == "#", let next = comment.dropFirst().first else { return false }
        return next.isLetter || next.isNumber
    }

    private static func reportInvalidBytes(_ bytes: ArraySlice<UInt8>, _ report: inout FileReport) {
        var iterator = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var valid = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { valid += scalar.count }
        let good = bytes.prefix(valid)
        let line = good.reduce(1) { $1 == 0x0a ? $0 + 1 : $0 }
        let column = String(decoding: good.suffix(while: { $0 != 0x0a }), as: UTF8.self).count + 1
        let byte = String(bytes[bytes.startIndex + valid], radix: 16, uppercase: true)
        report.error(
            "byte 0x\(byte) is not UTF-8; save the file in UTF-8",
            at: SourceLocation(line: line, column: column)
        )
    }

    /// Reports characters that YAML does not allow, and line breaks that editors do not show.
    private func reportForbiddenCharacters(_ report: inout FileReport) -> Bool {
        var any = false
        for (index, line) in lines.enumerated() {
            for (offset, scalar) in line.text.unicodeScalars.enumerated() where !Self.isAllowed(scalar) {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                let number = String(repeating: "0", count: max(0, 4 - hex.count)) + hex
                report.error(
                    "the invisible character U+\(number) is not allowed; delete it",
                    at: place(line: index + 1, scalarColumn: offset + 1)
                )
                any = true
            }
        }
        return any
    }

    /// YAML 1.2.2, section 5.1 "Character Set", without the Unicode line breaks (next line, line and paragraph separator)
    /// and without a byte order mark inside the text.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7e, 0xa0...0x2027, 0x202a...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd, 0x1_0000...0x10_ffff:
            true
        default: false
        }
    }
}

extension BidirectionalCollection<UInt8> {
    /// Returns the elements after the last one that does not satisfy the condition.
    fileprivate func suffix(while condition: (UInt8) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, condition(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}

/// One line of a file. Maps the parser's columns to an editor's, and to the text there, without scanning the line again.
struct SourceLine {
    let text: String
    /// The start of each character; nil for plain ASCII, in which every byte is a character.
    private let starts: [(scalar: Int, index: String.Index)]?

    init(_ text: String) {
        self.text = text
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else {
            starts = nil
            return
        }
        var starts: [(scalar: Int, index: String.Index)] = []
        var scalar = 0
        for index in text.indices {
            starts.append((scalar, index))
            scalar += text[index].unicodeScalars.count
        }
        self.starts = starts
    }

    /// Converts a column in Unicode scalars to one in characters. Both count from 1; the end of the line is a valid column.
    func column(scalarColumn: Int) -> Int {
        guard let starts, let last = starts.last else { return max(scalarColumn, 1) }
        let end = last.scalar + text[last.index].unicodeScalars.count
        guard scalarColumn <= end else { return starts.count + scalarColumn - end }
        // Binary search: how many characters begin at or before the column.
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].scalar < scalarColumn { low = middle + 1 } else { high = middle }
        }
        return max(low, 1)
    }

    /// Returns the text from a column to the end of the line.
    func rest(at column: Int) -> Substring {
        guard let starts else {
            let index = text.utf8.index(text.startIndex, offsetBy: column - 1, limitedBy: text.endIndex)
            return text[(index ?? text.endIndex)...]
        }
        return column <= starts.count ? text[starts[column - 1].index...] : ""
    }
}
