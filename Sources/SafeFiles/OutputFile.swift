import Glibc

/// Writes a whole file in the place of another, or not at all.
package enum OutputFile {
    /// - Parameter path: of a regular file, or of a link that may be followed; what is there is replaced.
    /// - Throws: `FileFailure`; what was there is then as it was.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o666) throws(FileFailure) {
        let (directory, name) = try OpenDirectory.holding(path, following: true)
        try directory.replaceable(name)
        let draft = ".dripd-\(UInt64.random(in: 0...UInt64.max)).part"
        let descriptor = try directory.makeFile(draft, mode: mode)
        defer { close(descriptor) }
        do throws(FileFailure) {
            try PlainFile.write(bytes, to: descriptor, directory.path(of: draft))
            guard fsync(descriptor) == 0 else { throw FileFailure(path) }
            try directory.rename(draft, to: name)
        } catch {
            unlinkat(directory.descriptor, draft, 0)
            throw error
        }
    }
}
