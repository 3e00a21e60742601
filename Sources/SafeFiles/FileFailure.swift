import Glibc

/// Why a file or directory cannot be opened or used.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    /// To be put after the path and a colon.
    package let why: String
    /// `errno`; 0 where the operating system would have allowed it.
    package let code: Int32

    package init(_ path: String, _ why: String) {
        (self.path, self.why, code) = (path, why, 0)
    }

    /// What the last call of the operating system met.
    package init(_ path: String, errno code: Int32 = errno) {
        (self.path, self.code) = (path, code)
        why = String(cString: strerror(code)).lowercased()
    }

    package var description: String { "\(path): \(why)" }
}
