import DripCore

/// Steps held against each other once all are read: they go out by their positions, whatever their order in the file.
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

    /// A step that goes out before the one before it would change places with it.
    private func checkPull(of placed: PlacedStep, before previous: PlacedStep?, _ report: inout FileReport) {
        guard let pull = placed.step.pullIntoWindow else { return }
        let from = previous?.step.position ?? .zero
        let distance = Span(milliseconds: placed.step.position.milliseconds - from.milliseconds)
        guard pull >= distance else { return }
        let other = previous.map { "step '\($0.step.id)'" } ?? "the start"
        report.error(
            "'\(placed.step.id)' comes \(distance) after \(other): it can only be pulled by less than that",
            at: placed.place(of: "pull_into_window")
        )
    }

    /// An enrollment goes on by position. Where a calendar makes a later one due earlier, that one has to wait.
    private func warnAboutOrder(
        of placed: PlacedStep,
        after earlier: ArraySlice<PlacedStep>,
        _ report: inout FileReport
    ) {
        let later = DueTime(placed.step)
        guard let other = earlier.last(where: { later.least(after: DueTime($0.step)) < .zero }) else { return }
        let reason = placed.step.at == nil ? "with months of some lengths" : "for whoever starts late enough in a day"
        report.warning(
            "'\(placed.step.id)' comes after '\(other.step.id)', but \(reason) it is due before it, and then has to wait "
                + "until '\(other.step.id)' is over",
            at: placed.place(of: "after")
        )
    }
}
