import Foundation
import SequenceFiles

/// What the configuration file says by now, beside what this process has read.
struct ConfigurationChanges {
    let path: String
    let running: Configuration

    /// What only a restart takes, or what would make it fail. One line each; empty: the file says what is in force.
    func pending() -> [String] {
        do {
            let now = try Configuration.load(path: path, environment: ProcessInfo.processInfo.environment)
            if now == running { return [] }
            return ["\(path) has changed, and only a restart puts it in force: systemctl restart dripd"]
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map(\.description)
                + ["\(path): a restart would refuse it: put it right, then systemctl restart dripd"]
        }
    }
}
