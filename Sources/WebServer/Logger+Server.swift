import Logging

extension Logger {
    /// For the web server itself: what it has to say of a shutdown or a bind it says as errors, and what matters of it
    /// comes back as an error or an answer that is logged here, once.
    var forServer: Logger {
        var logger = self
        logger.logLevel = .critical
        return logger
    }
}
