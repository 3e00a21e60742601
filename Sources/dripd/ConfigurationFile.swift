import Foundation
import SequenceFiles

/// Loads the configuration for a command, or ends it with everything that is wrong.
enum ConfigurationFile {
    /// - Parameter path: nil: ./dripd.yaml, if it is there.
    static func ifThere(_ path: String?) throws -> Configuration? {
        if let path { return try load(path) }
        return FileManager.default.fileExists(atPath: "dripd.yaml") ? try load("dripd.yaml") : nil
    }

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
