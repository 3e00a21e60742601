import ArgumentParser
import CDispatch
import Foundation
import Glibc
import SafeFiles
import SequenceFiles

/// The places of the configuration, the daemon's socket and its state, for all commands.
///
/// The order is: an option, `./dripd.yaml`, the installed service.
struct Places {
    /// The path of `--config`.
    private let option: String?
    let installation: Installation

    static let here = "dripd.yaml"

    init(config option: String?, installation: Installation = .current) {
        self.option = option.map(Self.expanded)
        self.installation = installation
    }

    /// The path of the configuration; nil if there is none.
    /// - Throws: `Failure` if root would use another user's file without naming it: the file decides what root reads, sends and
    ///   writes.
    var path: String? {
        get throws {
            if let option { return option }
            if FileManager.default.fileExists(atPath: Self.here) {
                try Self.mustBeOwn(Self.here)
                return Self.here
            }
            return installed
        }
    }

    private var installed: String? {
        let files = FileManager.default
        return files.fileExists(atPath: installation.configuration) ? installation.configuration : nil
    }

    static func mustBeOwn(_ path: String) throws {
        guard geteuid() == 0 else { return }
        let descriptor: Int32
        do throws(FileFailure) {
            descriptor = try TrustedPath.open(path, O_RDONLY)
        } catch {
            guard error.code == 0 else { return }
            throw Failure("\(error); name it with --config to use it anyway")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_uid != 0 else { return }
        throw Failure(
            "\(path) belongs to user \(facts.st_uid), so root does not use it by default; to use it, name it: --config ./\(path)"
        )
    }

    /// Whether `path` is the installed service's configuration, named or not.
    var isInstalled: Bool { (try? path).map(installation.isConfiguration) ?? true }

    /// Whether there is neither an option nor a ./dripd.yaml, so that the installed service is used.
    var isFallback: Bool { option == nil && !FileManager.default.fileExists(atPath: Self.here) }

    /// The configuration; nil if there is none, or if it is the service's and cannot be read. The service's socket and state are
    /// then still where systemd puts them.
    var configuration: Configuration? {
        get throws {
            guard let path = try path else { return nil }
            guard isInstalled else { return try ConfigurationFile.load(path) }
            return try? Configuration.load(path: path, environment: ProcessInfo.processInfo.environment)
        }
    }

    func controlSocket(_ option: String?) throws -> String {
        if let option { return Self.expanded(option) }
        return try configuration?.controlSocket ?? installation.controlSocket
    }

    func stateDirectory(_ option: String?) throws -> String {
        if let option { return Self.expanded(option) }
        return try configuration?.stateDirectory ?? installation.stateDirectory
    }

    /// Returns the paths of the sequence files for a command.
    func sequences(_ named: [String]) throws -> [String] {
        guard named.isEmpty else { return named.map(Self.expanded) }
        if isFallback, FileManager.default.fileExists(atPath: "Sequences") { return ["Sequences"] }
        return [try configuration?.sequences ?? "Sequences"]
    }

    /// Expands a leading `~`, which a shell does at the beginning of a word, but not in `--config=~/dripd.yaml`.
    static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"] else {
            return path
        }
        return home + path.dropFirst()
    }
}

/// The argument that names sequence files.
struct PathArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            """
            Sequence files or folders. Default: those of --config or ./dripd.yaml, else ./Sequences, else the installed \
            service's.
            """,
            valueName: "path"
        ),
        completion: .yaml
    )
    var paths: [String] = []
}

/// Loads the configuration for a command. Errors in it end the command.
enum ConfigurationFile {
    /// Returns the configuration that applies to the files: that of `path`, else ./dripd.yaml, else the dripd.yaml in the first
    /// file's folder or the one above; nil if there is none.
    static func of(_ files: [String], _ path: String?) throws -> Configuration? {
        try self.path(of: files, path).map(load)
    }

    /// Returns the path of that configuration.
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
                    ? error.description : "\(error)\n`dripd init DIR` creates a configuration"
            )
        }
    }
}
