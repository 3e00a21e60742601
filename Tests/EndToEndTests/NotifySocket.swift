import Foundation
import Glibc
import Synchronization

/// Stands in for systemd: hears what the daemon tells it.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32
    /// What came, in order.
    let messages: AsyncStream<String>
    private let beats: BeatTimes

    /// When the watchdog was fed.
    var watchdogBeats: [ContinuousClock.Instant] { beats.times.withLock(\.self) }

    /// What the thread writes, which must not keep the socket.
    private final class BeatTimes: Sendable {
        let times = Mutex<[ContinuousClock.Instant]>([])
    }

    struct CannotBind: Error {}

    init(path: String) throws {
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw CannotBind() }
        self.descriptor = descriptor
        let (messages, continuation) = AsyncStream.makeStream(of: String.self)
        self.messages = messages
        let beats = BeatTimes()
        self.beats = beats
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                let message = String(decoding: buffer[..<count], as: UTF8.self)
                if message.split(separator: "\n").contains("WATCHDOG=1") {
                    beats.times.withLock { $0.append(.now) }
                }
                continuation.yield(message)
            }
            continuation.finish()
            close(descriptor)
        }
    }

    deinit {
        // Wakes the thread, which then closes the descriptor.
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
