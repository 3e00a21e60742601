import Glibc

/// Who else can read or exchange a secret's file.
struct SecretFileCheck {
    private let path: String
    private let facts: stat

    /// - Parameter facts: of the open file.
    init(path: String, facts: stat) {
        self.path = path
        self.facts = facts
    }

    /// What makes the secret worthless: any user may put another into its place, and sign webhooks with it; nil: nothing.
    var refusal: String? {
        facts.st_mode & S_IWOTH != 0 && othersReach
            ? "\(path) may be written by everybody on this machine: chmod o= it, and renew the secret" : nil
    }

    var warnings: [String] {
        var warnings: [String] = []
        if facts.st_mode & S_IROTH != 0, othersReach {
            warnings.append("\(path) may be read by everybody on this machine: chmod o= it")
        }
        if facts.st_mode & S_IWGRP != 0 {
            warnings.append("\(path) may be written by the group \(facts.st_gid): chmod g-w it")
        }
        if facts.st_uid != 0, facts.st_uid != geteuid() {
            warnings.append("\(path) is another user's (\(facts.st_uid)), who may read and change it: chown it")
        }
        if let folder = exchangeableFolder {
            warnings.append("\(folder) may be written by others, who may exchange \(path): chmod go-w it")
        }
        if let finding = SecretInGit(path: path).finding { warnings.append(finding) }
        return warnings
    }

    /// Whether all folders on the way to the file let everybody pass.
    private var othersReach: Bool {
        folders.allSatisfy { folder in
            var status = stat()
            return stat(folder, &status) != 0 || status.st_mode & S_IXOTH != 0
        }
    }

    /// The folder that holds the file, if others may rename what is in it.
    private var exchangeableFolder: String? {
        var status = stat()
        guard let folder = folders.first, stat(folder, &status) == 0 else { return nil }
        let isOpen = status.st_mode & (S_IWGRP | S_IWOTH) != 0 && status.st_mode & S_ISVTX == 0
        return isOpen ? folder : nil
    }

    /// From the one that holds the file up to `/`.
    private var folders: [String] {
        guard let real = realpath(path, nil) else { return [] }
        defer { free(real) }
        var folder = String(cString: real)
        var folders: [String] = []
        while let slash = folder.lastIndex(of: "/") {
            folder = String(folder[..<slash])
            folders.append(folder.isEmpty ? "/" : folder)
        }
        return folders
    }
}
