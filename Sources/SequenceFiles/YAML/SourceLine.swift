/// One line of a file: goes from the parser's columns to an editor's, and to what stands there, without walking it anew.
struct SourceLine {
    let text: String
    /// Where each character begins; nil for plain ASCII, where every byte is one.
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

    /// The column in characters for one in Unicode scalars; both count from 1. The end of the line is a column too.
    func column(scalarColumn: Int) -> Int {
        guard let starts, let last = starts.last else { return max(scalarColumn, 1) }
        let end = last.scalar + text[last.index].unicodeScalars.count
        guard scalarColumn <= end else { return starts.count + scalarColumn - end }
        // How many characters begin at the column or before it, by halving.
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].scalar < scalarColumn { low = middle + 1 } else { high = middle }
        }
        return max(low, 1)
    }

    /// What stands at a column and behind it.
    func rest(at column: Int) -> Substring {
        guard let starts else {
            let index = text.utf8.index(text.startIndex, offsetBy: column - 1, limitedBy: text.endIndex)
            return text[(index ?? text.endIndex)...]
        }
        return column <= starts.count ? text[starts[column - 1].index...] : ""
    }
}
