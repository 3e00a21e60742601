import DripCore
import SequenceFiles

/// What no reader of a file can see of a step.
struct StepFacts: Encodable {
    let step: String
    let after: String
    /// By which it reaches somebody who stays silent.
    let permission: String
    /// How many different texts its variants and word lists make; 0: it has no text.
    let texts: Int
    /// In characters, variables without a default counted as nothing.
    let longest: Int
    /// What the channel takes.
    let limit: Int

    init(_ step: Step, _ reach: Reach) {
        self.step = step.id
        after = step.at.map { "\(step.after) at \(TimeOfDay.text($0))" } ?? "\(step.after)"
        permission = reach.description
        texts = step.variants.reduce(0) { total, variant in
            let (sum, overflow) = total.addingReportingOverflow(variant.text.variants)
            return overflow ? .max : sum
        }
        longest = step.variants.map { $0.text.longestScalars(variableScalars: 0) }.max() ?? 0
        limit =
            step.buttons.isEmpty ? MessengerLimits.textCharacters : MessengerLimits.textWithButtonsCharacters
    }
}
