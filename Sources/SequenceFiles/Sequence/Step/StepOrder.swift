import DripCore

/// Checks the steps against each other after all are read. Steps are sent by position, whatever their order in the file.
struct StepOrder {
    private let steps: [PlacedStep]

    init(_ steps: [PlacedStep]) {
        self.steps = steps.sorted { $0.step.position < $1.step.position }
    }

    func check(_ report: inout FileReport) {
        for (index, step) in steps.enumerated() {
            checkPull(of: step, before: index == 0 ? nil : steps[index - 1], &report)
            warnAboutOrder(of: step, after: steps[..<index], &report)
        }
    }

    /// Reports a pull that would move a step before the previous one.
    private func checkPull(of placed: PlacedStep, before previous: PlacedStep?, _ report: inout FileReport) {
        guard let pull = placed.step.pullIntoWindow else { return }
        let from = previous?.step.position ?? .zero
        let distance = Milliseconds(placed.step.position.milliseconds - from.milliseconds)
        guard pull >= distance else { return }
        let other = previous.map { "step '\($0.step.id)'" } ?? "the start"
        report.error(
            "'\(placed.step.id)' comes \(distance) after \(other): it can only be pulled by less than that",
            at: placed.place(of: "pull_into_window")
        )
    }

    /// Warns about a step that can be due before an earlier one. Enrollments advance by position, so it has to wait.
    private func warnAboutOrder(
        of placed: PlacedStep,
        after earlier: ArraySlice<PlacedStep>,
        _ report: inout FileReport
    ) {
        let later = DueTime(placed.step)
        guard let other = earlier.last(where: { later.least(after: DueTime($0.step)) < .zero }) else { return }
        let reason = placed.step.at == nil ? "with some month lengths" : "for people who start late in the day"
        report.warning(
            "'\(placed.step.id)' comes after '\(other.step.id)', but \(reason) it is due before it, and then has to wait "
                + "until '\(other.step.id)' is over",
            at: placed.place(of: "after")
        )
    }
}

/// Reads `moved:`, the list of renamed steps.
struct MovedReader {
    private(set) var report: FileReport
    private var entries: [(move: Move, from: SourceLocation, to: SourceLocation)] = []

    init(report: FileReport) {
        self.report = report
    }

    /// - Parameter steps: the names of the file's steps, including steps with errors.
    mutating func read(_ fields: Fields, steps: Set<String>) -> [Move] {
        for node in report.list(fields, "moved") ?? [] { readEntry(node) }
        var lines: [String: Int] = [:]
        for entry in entries {
            let (from, to) = (entry.move.from, entry.move.to)
            if steps.contains(from) {
                report.error("'\(from)' is still a step of this file, so it cannot have moved", at: entry.from)
            } else if let line = lines[from] {
                report.error("duplicate '\(from)'; the first is on line \(line)", at: entry.from)
            }
            if lines[from] == nil { lines[from] = entry.from.line }
            if !steps.contains(to), !entries.contains(where: { $0.move.from == to }) {
                report.error(
                    "'\(to)' is not a step of this file",
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
        let from = report.value(fields, "from", IdentityParser.parse)
        let to = report.value(fields, "to", IdentityParser.parse)
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
