import DripCore
import Logging

extension Logger {
    /// Logs an error in words for people, never by the name of one of the program's types.
    /// - Parameter problem: what the error causes, such as "the edit waits"; nil: the error says it.
    func error(
        _ problem: String? = nil,
        because error: any Error,
        metadata: Logger.Metadata = [:]
    ) {
        let words = ErrorText.words(error)
        self.error("\(problem.map { "\($0): \(words)" } ?? words)", metadata: metadata)
    }
}
