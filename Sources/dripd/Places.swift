import Foundation
import Glibc
import SafeFiles
import SequenceFiles

/// Where a command finds the configuration, the daemon's socket and its state: the one answer for all commands.
///
/// In this order: what an option names, `./dripd.yaml`, the installed service.
struct Places {
    /// What `--config` names.
    private let option: String?
    let installation: Installation

    static let here = "dripd.yaml"

    init(config option: String?, installation: Installation = .current) {
        self.option = option.map(Self.expanded)
        self.installation = installation
    }

    /// The configuration that is meant; nil: there is none.
    /// - Throws: `Failure` where root would take another user's file for its own: that names what root reads, sends and writes.
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
            throw Failure("\(error); name it with --config to use it nevertheless")
        }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_uid != 0 else { return }
        throw Failure(
            "\(path) belongs to user \(facts.st_uid), and root does not take it by itself; to use it, name it: --config ./\(path)"
        )
    }

    /// Whether the path above is the installed service's, named or not.
    var isInstalled: Bool { (try? path).map(installation.isConfiguration) ?? true }

    /// Whether it is the installed service's only since nothing else is here.
    var isFallback: Bool { option == nil && !FileManager.default.fileExists(atPath: Self.here) }

    /// nil: there is none, or it is the service's and cannot be read: the service is where systemd puts it all the same.
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

    /// Where the sequence files are that a command is about.
    func sequences(_ named: [String]) throws -> [String] {
        guard named.isEmpty else { return named.map(Self.expanded) }
        if isFallback, FileManager.default.fileExists(atPath: "Sequences") { return ["Sequences"] }
        return [try configuration?.sequences ?? "Sequences"]
    }

    /// A shell replaces `~` at the beginning of a word, and not in `--config=~/dripd.yaml`.
    static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"] else {
            return path
        }
        return home + path.dropFirst()
    }
}
