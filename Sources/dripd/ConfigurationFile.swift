import Foundation
import SequenceFiles

/// Loads the configuration for a command, or ends it with everything that is wrong.
enum ConfigurationFile {
    static func load(_ path: String) throws -> Configuration {
        do {
            return try Configuration.load(path: path, environment: ProcessInfo.processInfo.environment)
        } catch {
            throw Failure(
                FileManager.default.fileExists(atPath: path)
                    ? error.description : "\(error)\n`dripd init DIR` makes a configuration to begin with"
            )
        }
    }
}
