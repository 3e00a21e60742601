import Foundation
import Glibc

/// An address on this machine that lets nobody in: the queue of connections that wait to be accepted is full, and the
/// kernel then drops who knocks, as a firewall or a machine that is gone would.
final class SilentHost {
    let port: Int
    private var descriptors: [Int32] = []

    struct NotFull: Error {}

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptors = [listener]
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            guard bind(listener, pointer, length) == 0, listen(listener, 0) == 0,
                getsockname(listener, pointer, &length) == 0
            else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        // The first that is not let in at once finds the queue full.
        for _ in 0..<16 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            descriptors.append(client)
            let code = withUnsafeBytes(of: &address) {
                connect(client, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
            }
            var waiting = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
            if code != 0, poll(&waiting, 1, 50) == 0 { return }
        }
        throw NotFull()
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
