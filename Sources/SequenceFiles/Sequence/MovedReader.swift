import DripCore

/// `moved:`, the steps that go by another name now.
struct MovedReader {
    private(set) var report: FileReport
    private var entries: [(move: Move, from: Place, to: Place)] = []

    init(report: FileReport) {
        self.report = report
    }

    /// - Parameter steps: the names of the file's steps; of those whose other keys are wrong, too.
    mutating func read(_ fields: Fields, steps: Set<String>) -> [Move] {
        for node in report.list(fields, "moved") ?? [] { readEntry(node) }
        var lines: [String: Int] = [:]
        for entry in entries {
            let (from, to) = (entry.move.from, entry.move.to)
            if steps.contains(from) {
                report.error("'\(from)' is a step of this file: what has moved is no longer there", at: entry.from)
            } else if let line = lines[from] {
                report.error("'\(from)' stands here a second time; the first is on line \(line)", at: entry.from)
            }
            if lines[from] == nil { lines[from] = entry.from.line }
            if !steps.contains(to), !entries.contains(where: { $0.move.from == to }) {
                report.error(
                    "'\(to)' is no step of this file",
                    at: entry.to,
                    suggestion: Spelling.nearest(to: to, of: steps.sorted())
                )
            } else if isCircular(entry.move) {
                report.error(
                    "'\(from)' comes back to itself: one of its names must be a step of this file",
                    at: entry.from
                )
            }
        }
        return entries.map(\.move)
    }

    private mutating func readEntry(_ node: YAMLNode) {
        guard let fields = Fields(node, SequenceSchema.move, report: &report) else { return }
        let from = report.value(fields, "from", IdentityText.parse)
        let to = report.value(fields, "to", IdentityText.parse)
        guard let from, let to, let fromPlace = fields["from"]?.place, let toPlace = fields["to"]?.place else { return }
        entries.append((Move(from: from, to: to), fromPlace, toPlace))
    }

    private func isCircular(_ move: Move) -> Bool {
        var name = move.to
        for _ in entries {
            if name == move.from { return true }
            guard let next = entries.first(where: { $0.move.from == name }) else { return false }
            name = next.move.to
        }
        return false
    }
}
