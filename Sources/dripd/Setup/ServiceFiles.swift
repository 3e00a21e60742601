import CDispatch
import Foundation
import Glibc
import SafeFiles
import SequenceFiles

/// The files of the installed service that `dripd setup` writes.
struct ServiceFiles {
    let installation: Installation

    /// The page's id in the configuration that is installed, which is nobody's page.
    static let examplePage = "1577703145783617"

    /// The names of the secrets that every service needs, and where each comes from.
    static let secrets = [
        (name: "app_secret", title: "App secret", source: "developers.facebook.com, your app: App settings, Basic"),
        (name: "verify_token", title: "Verify token", source: "a word of your own, the same as at Meta"),
        (name: "page_token", title: "Page token", source: "the same app: Messenger, API settings"),
    ]

    func path(ofSecret name: String) -> String {
        installation.credentials[name]?.path
            ?? URL(filePath: installation.configuration).deletingLastPathComponent().path + "/secrets/" + name
    }

    /// Whether the service has the secret already, in a file or encrypted.
    func has(_ name: String) -> Bool {
        var facts = stat()
        return stat(path(ofSecret: name), &facts) == 0 && facts.st_size > 1
    }

    /// Writes a secret that root alone can read.
    func write(_ secret: String, as name: String) throws {
        try Self.replace(path(ofSecret: name), with: secret + "\n", mode: 0o600)
    }

    func writeConfiguration(_ text: String) throws {
        try Self.replace(installation.configuration, with: text, mode: 0o644)
    }

    /// Replaces a file as a whole: nobody reads half of it.
    private static func replace(_ path: String, with text: String, mode: UInt32) throws {
        let url = URL(filePath: path)
        do throws(FileFailure) {
            let folder = try OpenDirectory(url.deletingLastPathComponent().path)
            try folder.replaceable(url.lastPathComponent)
            let draft = ".\(url.lastPathComponent).new"
            try folder.remove(draft)
            let descriptor = try folder.makeFile(draft, mode: mode)
            defer { close(descriptor) }
            guard fchmod(descriptor, mode) == 0 else { throw FileFailure(folder.path(of: draft)) }
            try PlainFile.write(text.utf8, to: descriptor, folder.path(of: draft))
            guard fsync(descriptor) == 0 else { throw FileFailure(folder.path(of: draft)) }
            try folder.rename(draft, to: url.lastPathComponent)
            try folder.sync()
        } catch {
            throw Failure("cannot write \(error)")
        }
    }
}

/// Changes single values of a configuration, and leaves its comments as they are.
struct ConfigurationEdit {
    private(set) var text: String

    /// Replaces the value of a key at the beginning of a line or of a list's item.
    /// - Returns: false if the key is not there exactly once with this value.
    mutating func replace(_ key: String, _ old: String, with new: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let places = lines.indices.filter { Self.value(of: key, in: lines[$0]) == old }
        guard places.count == 1 else { return false }
        var changed = lines
        changed[places[0]] = lines[places[0]].replacing(old, with: new, maxReplacements: 1)
        text = changed.joined(separator: "\n")
        return true
    }

    private static func value(of key: String, in line: String) -> String? {
        guard let match = line.wholeMatch(of: /\s*(?:- )?([a-z_]+):\s+"?([^\s"#]+)"?\s*(?:#.*)?/), match.1 == key else {
            return nil
        }
        return String(match.2)
    }
}
