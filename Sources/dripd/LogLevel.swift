import ArgumentParser
import Logging

enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace
    case debug
    case info
    case notice
    case warning
    case error

    var level: Logger.Level {
        Logger.Level(rawValue: rawValue) ?? .info
    }
}
