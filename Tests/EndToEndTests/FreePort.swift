import Glibc
import Synchronization

/// A port of the loopback address that nobody listens on, and that no other test gets: asked for before it is bound, it
/// must not be taken in between. Those that the system gives out by itself begin at 32768 (ip(7)); these lie below.
enum FreePort {
    struct None: Error {}

    private static let range = 20_000..<32_000
    private static let count = Atomic(Int(getpid()) * 131)

    static func any() throws -> Int {
        for _ in range {
            let number = count.add(1, ordering: .relaxed).newValue
            let port = range.lowerBound + number % range.count
            if isFree(port) { return port }
        }
        throw None()
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = in_port_t(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
