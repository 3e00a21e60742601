import CDispatch
import Foundation
import Glibc
import SafeFiles
import SequenceFiles

/// The files of the installed service that `dripd setup` writes.
struct ServiceFiles {
    /// A secret that the configuration names.
    struct NamedSecret {
        let title: String
        let source: String
        let secret: Secret
    }

    let installation: Installation
    let messenger: MessengerConfiguration

    /// The example id in the configuration that is installed.
    static let examplePage = "1577703145783617"

    /// The secrets of a configuration with one page.
    var secrets: [NamedSecret] {
        let secrets = [messenger.appSecret, messenger.verifyToken, messenger.pages.first?.token]
        return zip(Self.kinds, secrets).compactMap { kind, secret in
            secret.map { NamedSecret(title: kind.title, source: kind.source, secret: $0) }
        }
    }

    private static let kinds = [
        (title: "App secret", source: "developers.facebook.com, your app: App settings, Basic"),
        (title: "Verify token", source: "a word of your own, the same as at Meta"),
        (title: "Page token", source: "the same app: Messenger, API settings"),
    ]

    /// The files to write where setup cannot ask, each with its content: those of the configuration that is installed.
    static func standard(_ installation: Installation) -> [(path: String, content: String)] {
        let folder = URL(filePath: installation.configuration).deletingLastPathComponent().path
        return zip(["app_secret", "verify_token", "page_token"], kinds).map { name, kind in
            (installation.credentials[name]?.path ?? "\(folder)/secrets/\(name)", kind.source)
        }
    }

    /// Returns the file that holds a secret in plain text; nil if there is none: it is encrypted, or in the environment.
    func path(of secret: Secret) -> String? {
        switch secret {
        case .file(let path): path
        case .credential(let name): installation.credentials[name].flatMap { $0.isEncrypted ? nil : $0.path }
        case .environment: nil
        }
    }

    /// Replaces files, each as a whole. A file that exists keeps its owner.
    /// - Parameter files: with their permissions; nil to keep those of a file that exists.
    /// - Returns: what they were before; nil for one that was missing.
    static func write(_ files: [(path: String, text: String, mode: UInt32?)]) throws -> [(path: String, before: Data?)]
    {
        var former: [(path: String, before: Data?)] = []
        do throws(FileFailure) {
            for file in files {
                former.append((file.path, try? Data(contentsOf: URL(filePath: file.path))))
                makeFolder(of: file.path)
                try replace(file.path, with: Data(file.text.utf8), mode: file.mode)
            }
        } catch {
            try restore(former)
            throw Failure("cannot write \(error); nothing was written")
        }
        return former
    }

    /// Puts files back as they were.
    static func restore(_ files: [(path: String, before: Data?)]) throws {
        do throws(FileFailure) {
            for file in files {
                guard let before = file.before else {
                    unlink(file.path)
                    continue
                }
                try replace(file.path, with: before, mode: nil)
            }
        } catch {
            throw Failure("cannot write \(error)")
        }
    }

    private static func replace(_ path: String, with content: Data, mode: UInt32?) throws(FileFailure) {
        var facts = stat()
        let isThere = stat(path, &facts) == 0
        try OutputFile.write(Array(content), to: path, mode: mode ?? (isThere ? facts.st_mode & 0o777 : 0o644))
        guard !isThere || chown(path, facts.st_uid, facts.st_gid) == 0 else { throw FileFailure(path) }
    }

    /// Only root may look at a folder of secrets.
    private static func makeFolder(of path: String) {
        mkdir(URL(filePath: path).deletingLastPathComponent().path, 0o700)
    }
}

/// Changes single values of a configuration, and leaves its comments as they are.
struct ConfigurationEdit {
    private(set) var text: String

    /// Whether the key is there exactly once with this value, at the beginning of a line or of a list's item.
    func has(_ key: String, _ value: String) -> Bool {
        lines.count { Self.value(of: key, in: $0)?.value == value } == 1
    }

    /// Replaces the value of a key that is there.
    /// - Parameter new: a value without quotes. It is written in quotes, because `*` and `[` begin something else in YAML.
    mutating func replace(_ key: String, _ old: String, with new: String) {
        text = lines.map { line in
            guard let found = Self.value(of: key, in: line), found.value == old else { return line }
            return line.replacing(found.quoted, with: "\"\(new)\"", maxReplacements: 1)
        }.joined(separator: "\n")
    }

    private var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// - Returns: the value as it is written, and without its quotes.
    private static func value(of key: String, in line: String) -> (quoted: Substring, value: String)? {
        guard let match = line.wholeMatch(of: /\s*(?:- )?([a-z_]+):\s+("[^"]*"|'[^']*'|[^\s"'#][^\s#]*)\s*(?:#.*)?/),
            match.1 == key
        else { return nil }
        return (match.2, match.2.trimmingCharacters(in: ["\"", "'"]))
    }
}
