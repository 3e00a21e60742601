/// A table whose columns are as wide as their cells. On a narrower terminal, cells are folded between words, the widest columns
/// first. Ids and words are cut only if nothing else helps, and never in the last column.
struct TextTable {
    private var rows: [[String]]
    private let indent: String

    private static let gap = 2
    /// The least width of a column that must be cut.
    private static let narrowest = 6

    /// - Parameters:
    ///   - headings: the headings; nil for a table without them.
    ///   - indent: the spaces before each line.
    init(_ headings: [String]?, indent: Int = 0) {
        rows = headings.map { [$0] } ?? []
        self.indent = String(repeating: " ", count: indent)
    }

    mutating func add(_ row: [String]) {
        rows.append(row.map(TerminalSanitizer.line))
    }

    /// - Parameter columns: the width of the terminal; nil if there is none, and nothing is folded.
    func lines(columns: Int?) -> [String] {
        let widths = widths(columns: columns)
        return rows.flatMap { row in
            let cells = zip(row, widths).map { LineFolding.cell($0, width: $1) }
            return (0..<(cells.map(\.count).max() ?? 0)).map { line in
                let pieces = zip(cells, widths).map { ($0.count > line ? $0[line] : "").padded(to: $1) }
                let text = indent + pieces.joined(separator: String(repeating: " ", count: Self.gap))
                return String(text.reversed().drop { $0 == " " }.reversed())
            }
        }
    }

    private func widths(columns: Int?) -> [Int] {
        let indices = (rows.first ?? []).indices
        func widest(_ measure: (String) -> Int) -> [Int] {
            indices.map { column in rows.map { measure($0[column]) }.max() ?? 0 }
        }
        let natural = widest { TextWidth.of($0) }
        guard let columns else { return natural }
        let room = columns - indent.count - Self.gap * max(0, indices.count - 1)
        guard natural.reduce(0, +) > room else { return natural }
        let words = widest(LineFolding.longestWord)
        var widths = Self.shrunk(natural, notBelow: words, to: room)
        // Without room for the longest words, cut all columns but the last, which may run over the edge.
        let least = indices.map { $0 == indices.last ? widths[$0] : min(widths[$0], Self.narrowest) }
        widths = Self.shrunk(widths, notBelow: least, to: room)
        return widths
    }

    /// Takes width from the widest column, again and again, until all columns fit.
    private static func shrunk(_ widths: [Int], notBelow least: [Int], to room: Int) -> [Int] {
        var widths = widths
        var excess = widths.reduce(0, +) - room
        while excess > 0 {
            let candidates = widths.indices.filter { widths[$0] > least[$0] }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return widths }
            // Shrink to the next widest in one step: a cell can have thousands of characters.
            let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? least[widest]
            let step = min(excess, max(1, widths[widest] - max(next, least[widest])))
            widths[widest] -= step
            excess -= step
        }
        return widths
    }
}

/// The number of terminal cells that text takes.
enum TextWidth {
    static func of(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if first.value < 0x300, scalars.count == 1 { return 1 }
        if isWide(first) { return 2 }
        // A character that is an emoji only with the mark after it, such as a keycap or a red heart.
        if first.properties.isEmoji, scalars.contains("\u{FE0F}") { return 2 }
        return switch first.properties.generalCategory {
        // A mark without a letter is drawn on the character before it.
        case .nonspacingMark, .enclosingMark, .format: 0
        default: 1
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x1100 else { return false }
        return scalar.properties.isEmojiPresentation || wide.contains { $0.contains(scalar.value) }
    }

    /// Wide and fullwidth characters of Unicode's EastAsianWidth.txt (version 16), without emoji, which the standard library
    /// knows.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E, 0x3041...0x3247,
        0x3250...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
        0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D376, 0x1F200...0x1F265,
        0x20000...0x2FFFD, 0x30000...0x3FFFD,
    ]
}

extension String {
    /// Returns the text with spaces after it, up to a width in cells.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - TextWidth.of(self)))
    }

    /// Returns the text cut to a width in cells. Cut text ends with an ellipsis.
    func cut(to width: Int) -> String {
        guard TextWidth.of(self) > width else { return self }
        var result = ""
        var left = width - 1
        for character in self {
            left -= TextWidth.of(character)
            guard left >= 0 else { break }
            result.append(character)
        }
        return width > 0 ? result + "…" : ""
    }
}
