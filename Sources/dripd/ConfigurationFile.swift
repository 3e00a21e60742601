import Foundation
import SequenceFiles

/// Loads the configuration for a command, or ends it with everything that is wrong.
enum ConfigurationFile {
    /// The configuration by which these files are used: what `path` names, else ./dripd.yaml, else the dripd.yaml in the first
    /// file's folder or the one above; nil: there is none.
    static func of(_ files: [String], _ path: String?) throws -> Configuration? {
        try self.path(of: files, path).map(load)
    }

    /// Where that is.
    static func path(of files: [String], _ path: String?) -> String? {
        if let path { return path }
        var places = ["dripd.yaml"]
        if let file = files.first {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
            let folder =
                exists && isFolder.boolValue ? file : URL(filePath: file).deletingLastPathComponent().path
            places += ["\(folder)/dripd.yaml", "\(folder)/../dripd.yaml"]
        }
        return places.first { FileManager.default.fileExists(atPath: $0) }
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
