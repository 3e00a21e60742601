import DripCore
package import Logging

/// Log messages that an operator has to act on. The raw value is the MESSAGE_ID of the explanation in `systemd/dripd.catalog`,
/// which `journalctl -x` shows below the line. Source: systemd.journal-fields(7).
package enum CatalogedMessage: String, CaseIterable, Sendable {
    case pageStopped = "82f9840a1d1d443ea41e09db51ac74cb"
    case pageRestricted = "7ef22f4aa3ae4d50ab31e9316b2a9637"
    case accountStopped = "95920dbdbe084fea88fcab7be6ec3470"
    case filesRefused = "a6d0576204fd4c17a6a02240ad8a1c71"
    case stateUnavailable = "853e96c900a043b0a20d01a44a2c8377"
    case outOfFiles = "8724fdcb9a97458a85cfd6984858f1d1"
    case clockWrong = "1d7e5a4c8f1b4f6cb5b2a8a9c3d06e71"
    case inDoubt = "ce86ed475e644ff384c0173eb8ee3644"
    case commentsPaused = "b7d9e0f4c2a84e5f9d3b6a1c8e70f245"
    case unclearOptOut = "3f0c6a7b5d2e4c19a8e4d1b90c7f5263"

    package var metadata: Logger.Metadata {
        ["MESSAGE_ID": "\(rawValue)"]
    }
}

extension Logger {
    /// Logs an error in words for people, never with the name of a Swift type.
    /// - Parameter problem: the consequence of the error, such as "cannot apply the edit yet"; nil if the error says enough.
    func error(
        _ problem: String? = nil,
        because error: any Error,
        metadata: Logger.Metadata = [:]
    ) {
        let words = ErrorDescription.words(error)
        self.error("\(problem.map { "\($0): \(words)" } ?? words)", metadata: metadata)
    }
}
