import Glibc

/// Which file a path or a descriptor names, and what kind it is.
package struct FileFacts: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let mode: mode_t
    package let group: UInt32

    package var isSocket: Bool { mode & S_IFMT == S_IFSOCK }

    /// nil: there is none. A link is the link itself.
    package init?(path: String) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        self.init(facts)
    }

    package init?(descriptor: Int32) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return nil }
        self.init(facts)
    }

    private init(_ facts: stat) {
        (device, inode, mode, group) = (UInt64(facts.st_dev), UInt64(facts.st_ino), facts.st_mode, facts.st_gid)
    }

    package func isSameFile(as other: FileFacts?) -> Bool {
        device == other?.device && inode == other?.inode
    }
}
