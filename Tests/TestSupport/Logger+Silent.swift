package import Logging

extension Logger {
    /// For tests that look at something else.
    package static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
