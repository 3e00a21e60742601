/// The difference between two texts, as `diff -u` shows it.
enum LineDifference {
    /// The number of unchanged lines around a change.
    private static let context = 2

    private struct Line {
        let sign: Character
        let text: String
    }

    /// Returns the lines of the difference; empty if the texts are equal.
    static func lines(from old: String, to new: String) -> [String] {
        let all = merged(old.lines, new.lines)
        let changed = all.indices.filter { all[$0].sign != " " }
        var shown: [String] = []
        var last = -1
        for index in all.indices where changed.contains(where: { abs($0 - index) <= context }) {
            if last >= 0, index > last + 1 { shown.append("…") }
            last = index
            shown.append(all[index].text.isEmpty ? "\(all[index].sign)" : "\(all[index].sign) \(all[index].text)")
        }
        return shown
    }

    private static func merged(_ old: [String], _ new: [String]) -> [Line] {
        let difference = new.difference(from: old)
        let removed = Set(difference.removals.map(\.offset))
        let inserted = Set(difference.insertions.map(\.offset))
        var lines: [Line] = []
        var (before, after) = (0, 0)
        while before < old.count || after < new.count {
            if removed.contains(before) {
                lines.append(Line(sign: "-", text: old[before]))
                before += 1
            } else if inserted.contains(after) {
                lines.append(Line(sign: "+", text: new[after]))
                after += 1
            } else {
                lines.append(Line(sign: " ", text: old[before]))
                before += 1
                after += 1
            }
        }
        return lines
    }
}

extension CollectionDifference.Change {
    fileprivate var offset: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}

extension String {
    fileprivate var lines: [String] {
        isEmpty ? [] : split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
