import TestSupport
import Testing

extension Python {
    /// The condition of a test that needs these modules.
    static func isInstalled(_ modules: String...) -> ConditionTrait {
        .enabled("needs Python with \(modules.joined(separator: ", ")): Scripts/install-needs tests") {
            await has(modules)
        }
    }
}
