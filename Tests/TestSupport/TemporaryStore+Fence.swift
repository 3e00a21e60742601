import Foundation
import Glibc

extension TemporaryStore {
    /// The path of the fence file beside the database.
    package var fence: String { TemporaryStore.fence(in: directory.path) ?? directory.path + "/dripd.fence" }

    package static func fence(in directory: String) -> String? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.first { $0.hasPrefix("dripd.fence") }.map { directory + "/" + $0 }
    }

    /// Makes the store's open fence file refuse all writes, like a full or broken disk, or accept them again.
    package func setFence(writable: Bool) {
        let path = realpath(fence, nil)
        defer { free(path) }
        let name = path.map { String(cString: $0) }
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let descriptor = open.compactMap { Int32($0) }.first { descriptor in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")) == name
        }
        let other = Glibc.open(fence, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC)
        guard let descriptor, other >= 0, dup2(other, descriptor) >= 0 else {
            preconditionFailure("\(fence) is not open")
        }
        close(other)
    }
}
