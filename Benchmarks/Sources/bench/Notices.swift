import Foundation
import Synchronization

/// The daemon's notifications to its service manager. All are read, as by systemd, because a full socket would block the
/// daemon.
final class Notices: Sendable {
    private let readyAt = Mutex<Double?>(nil)

    init(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard bound == 0 else { throw Tool.Failure(description: "cannot bind the socket \(path)") }
        // The thread reads until this program ends.
        Thread.detachNewThread { [self] in
            var bytes = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &bytes, bytes.count, 0)
                guard count > 0 else { return }
                if String(decoding: bytes[..<count], as: UTF8.self).hasPrefix("READY=1") {
                    readyAt.withLock { $0 = seconds() }
                }
            }
        }
    }

    /// Waits for READY.
    /// - Parameter check: throws if READY can no longer come.
    /// - Returns: the seconds since `began`.
    func ready(since began: Double, check: () throws -> Void) throws -> Double {
        var at: Double?
        try waitUntil("dripd is ready") {
            at = readyAt.withLock { $0 }
            if at == nil { try check() }
            return at.map { $0 > began } ?? false
        }
        return (at ?? began) - began
    }
}
