/// A file's text as the YAML parser gets it: valid UTF-8 without byte order mark, lines ending in a line feed. Finds
/// the places in it.
struct SourceText {
    static let longestBytes = 256 * 1024

    let lines: [SourceLine]
    /// Any line has a `#`: most files have none, and need not be walked.
    private let hasHash: Bool

    /// nil when the text cannot be parsed at all; what hinders it has been reported.
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

    /// The same text with one line changed.
    func replacing(line: Int, with text: String) -> SourceText {
        var lines = lines
        lines[line - 1] = SourceLine(text)
        return SourceText(lines: lines)
    }

    /// The place at a line and a column that count from 1, the column in Unicode scalars, as the YAML parser does.
    func place(line: Int, scalarColumn: Int) -> Place {
        guard (1...lines.count).contains(line) else { return Place(line: max(line, 1), column: max(scalarColumn, 1)) }
        return Place(line: line, column: lines[line - 1].column(scalarColumn: scalarColumn))
    }

    /// What stands at a place, up to the end of the line.
    func rest(at place: Place) -> Substring {
        guard place.line <= lines.count else { return "" }
        return lines[place.line - 1].rest(at: place.column)
    }

    /// Where the first `count` times a sign of a scalar's text stand in the file. The text may be folded, indented and escaped there, but
    /// its signs come in the same order, none within another. Fewer where they do not.
    func places(of sign: String, _ count: Int, in scalar: YAMLScalar, at start: Place) -> [Place] {
        let sign = Array(sign)
        var places: [Place] = []
        var line = scalar.style == .block ? start.line + 1 : start.line
        while places.count < count, line <= lines.count {
            let from = line == start.line ? start.column : 1
            let characters = Array(lines[line - 1].rest(at: from))
            var index = 0
            while places.count < count, index + sign.count <= characters.count {
                if characters[index..<index + sign.count].elementsEqual(sign) {
                    places.append(Place(line: line, column: from + index))
                    index += sign.count
                } else {
                    index += 1
                }
            }
            line += 1
        }
        return places
    }

    /// Where a comment begins right after a plain scalar, without a space after its `#`: its author took it for part of the text.
    func gluedComment(after text: String, at start: Place) -> Place? {
        guard hasHash else { return nil }
        var number = start.line
        var rest = rest(at: start)
        // The text may be folded over lines: its words are there in the same order.
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
        return Place(line: number, column: lines[number - 1].text.count - comment.count + 1)
    }

    /// The first such comment of a line.
    func gluedComment(inLine number: Int) -> Place? {
        guard hasHash, number <= lines.count else { return nil }
        var rest = lines[number - 1].text[...]
        while let space = rest.firstIndex(of: " ") {
            rest = rest[rest.index(after: space)...]
            if Self.isGlued(rest) {
                return Place(line: number, column: lines[number - 1].text.count - rest.count + 1)
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
        report.error("byte 0x\(byte) is not UTF-8; save the file in UTF-8", at: Place(line: line, column: column))
    }

    /// Reports the characters that YAML does not allow, and those that break a line without an editor showing it.
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

    /// YAML 1.2.2, section 5.1 "Character Set", less the line breaks of Unicode (next line, line and paragraph
    /// separator) and a byte order mark within the text.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7e, 0xa0...0x2027, 0x202a...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd, 0x1_0000...0x10_ffff:
            true
        default: false
        }
    }
}

extension BidirectionalCollection<UInt8> {
    /// The elements after the last one that does not satisfy the condition.
    fileprivate func suffix(while condition: (UInt8) -> Bool) -> SubSequence {
        var start = endIndex
        while start > startIndex, condition(self[index(before: start)]) { start = index(before: start) }
        return self[start...]
    }
}
