import DripCore
import DripStore
import Foundation
import Glibc
import TestSupport
import Testing

/// A directory of the service's user, in one of root's, with a file of root's beside it that must stay as it is.
final class ServiceFolder {
    let directory: TemporaryDirectory
    /// Of the service's user.
    var path: String { directory.path + "/service" }
    /// Root's own.
    var victim: String { directory.path + "/victim" }
    /// A whole one, which root alone may read.
    var backup: String { directory.path + "/backup.db" }

    static let user: uid_t = 61_234
    private static let secret = "root's own\n"

    /// Only root can give files to another user and act as that user.
    static var isPossible: ConditionTrait { .enabled(if: geteuid() == 0, "not run as root") }

    init() async throws {
        directory = try TemporaryDirectory()
        // As systemd closes /var/lib/private to all but root.
        try #require(chmod(directory.path, 0o700) == 0)
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        _ = try StateBackup.make(of: state.directory.path, at: backup, overwriting: false, now: .start) { _ in }
        try #require(mkdir(path, 0o700) == 0 && chown(path, Self.user, Self.user) == 0)
        try Data(Self.secret.utf8).write(to: URL(filePath: victim))
        try #require(chmod(victim, 0o600) == 0)
    }

    /// What the service's user makes of a name in its directory.
    enum Plant: CaseIterable {
        case link
        case linkToNothing
        case secondName
        case pipe
        case folder
    }

    func plant(_ plant: Plant, at name: String) throws {
        let path = path + "/" + name
        switch plant {
        case .link: try #require(symlink(victim, path) == 0)
        case .linkToNothing: try #require(symlink(directory.path + "/new", path) == 0)
        case .secondName: try #require(Glibc.link(victim, path) == 0)
        case .pipe: try #require(mkfifo(path, 0o600) == 0)
        case .folder: try #require(mkdir(path, 0o700) == 0)
        }
        if plant != .secondName { try #require(lchown(path, Self.user, Self.user) == 0) }
    }

    /// nil: root's file is as it was, and nothing was made beside it.
    var damage: String? {
        var facts = stat()
        guard lstat(victim, &facts) == 0 else { return "the file is gone" }
        guard facts.st_uid == 0, facts.st_gid == 0 else { return "the file is user \(facts.st_uid)'s" }
        guard facts.st_mode & 0o7777 == 0o600 else { return "the file's mode is \(facts.st_mode & 0o7777)" }
        let content = (try? String(contentsOfFile: victim, encoding: .utf8)) ?? "(unreadable)"
        guard content == Self.secret else { return "the file holds \(content.prefix(80))" }
        return access(directory.path + "/new", F_OK) == 0 ? "a new file was made for root" : nil
    }

    /// Of all that is in the directory.
    func owners() throws -> Set<uid_t> {
        Set(
            try FileManager.default.contentsOfDirectory(atPath: path).map { name in
                var facts = stat()
                try #require(lstat(path + "/" + name, &facts) == 0)
                return facts.st_uid
            }
        )
    }
}
