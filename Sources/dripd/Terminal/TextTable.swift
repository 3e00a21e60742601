/// Columns as wide as what stands in them. On a terminal that is narrower, cells are folded between words, the widest
/// columns first; ids and words are cut only where nothing else helps, and the last column never is.
struct TextTable {
    private var rows: [[String]]
    private let indent: String

    private static let gap = 2
    /// Of a column that has to be cut.
    private static let narrowest = 6

    /// - Parameters:
    ///   - headings: nil: a table without.
    ///   - indent: the spaces before each line.
    init(_ headings: [String]?, indent: Int = 0) {
        rows = headings.map { [$0] } ?? []
        self.indent = String(repeating: " ", count: indent)
    }

    mutating func add(_ row: [String]) {
        rows.append(row.map(HarmlessText.line))
    }

    /// - Parameter columns: the terminal's width; nil: no terminal, and nothing is folded.
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
        // No room for the longest words: all but the last column, which may run over the edge, are cut.
        let least = indices.map { $0 == indices.last ? widths[$0] : min(widths[$0], Self.narrowest) }
        widths = Self.shrunk(widths, notBelow: least, to: room)
        return widths
    }

    /// Takes from the widest, cell by cell.
    private static func shrunk(_ widths: [Int], notBelow least: [Int], to room: Int) -> [Int] {
        var widths = widths
        var excess = widths.reduce(0, +) - room
        while excess > 0 {
            let candidates = widths.indices.filter { widths[$0] > least[$0] }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return widths }
            // Down to the next one at once: a cell can hold thousands of characters.
            let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? least[widest]
            let step = min(excess, max(1, widths[widest] - max(next, least[widest])))
            widths[widest] -= step
            excess -= step
        }
        return widths
    }
}
