import Yams

/// A key that stands twice in one mapping. Yams names the key and the first place; the second is looked for here.
struct RepeatedKey {
    private let name: String
    private let first: Place
    private let source: SourceText
    private let second: Place?

    init(_ name: String, first mark: Mark, in source: SourceText) {
        self.name = name
        self.source = source
        first = source.place(line: mark.line, scalarColumn: mark.column)
        second = Self.second(name, after: first, in: source)
    }

    /// Where to point.
    var place: Place { second ?? first }

    var message: String {
        guard second != nil else { return "the key '\(name)' stands twice in the same mapping" }
        return "the key '\(name)' stands here a second time; the first is on line \(first.line)"
    }

    /// The text with another word, of the same length, in the second key's place. nil where that was not found.
    func masking(number: Int) -> SourceText? {
        guard let second, let mask = Unicode.Scalar(UInt32(0xe000 + number)) else { return nil }
        let line = source.lines[second.line - 1].text
        let quotes = source.rest(at: second).first == name.first ? 0 : 1
        let start = line.index(line.startIndex, offsetBy: second.column - 1 + quotes)
        let end = line.index(start, offsetBy: name.count)
        let length = line[start..<end].unicodeScalars.count
        // From the private use area, so that no other key is like it.
        let replacement = String(repeating: Character(mask), count: length)
        return source.replacing(line: second.line, with: String(line[..<start]) + replacement + line[end...])
    }

    private static func second(_ name: String, after first: Place, in source: SourceText) -> Place? {
        let before = source.lines[first.line - 1].text.prefix(first.column - 1)
        guard before.allSatisfy({ $0 == " " || $0 == "-" }) else {
            return inFlow(name, after: first, in: source)
        }
        // A block mapping: its other keys stand in the same column, and it ends with the first line further left.
        for (index, line) in source.lines.enumerated().dropFirst(first.line) {
            let content = line.text.drop { $0 == " " }
            guard let character = content.first, character != "#" else { continue }
            let column = line.text.count - content.count + 1
            if column < first.column { return nil }
            if column == first.column, isKey(name, at: content) { return Place(line: index + 1, column: column) }
        }
        return nil
    }

    /// A mapping within braces: the next such key on the same line.
    private static func inFlow(_ name: String, after first: Place, in source: SourceText) -> Place? {
        let rest = source.rest(at: first)
        var before: Character?
        var column = first.column
        for index in rest.indices {
            if before == " " || before == ",", isKey(name, at: rest[index...]) {
                return Place(line: first.line, column: column)
            }
            before = rest[index]
            column += 1
        }
        return nil
    }

    private static func isKey(_ name: String, at text: Substring) -> Bool {
        for written in [name, "\"\(name)\"", "'\(name)'"] where text.hasPrefix(written) {
            let rest = text.dropFirst(written.count).drop { $0 == " " }
            if rest.first == ":" { return true }
        }
        return false
    }
}
