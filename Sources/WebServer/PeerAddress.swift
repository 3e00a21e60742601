import Glibc
import NIOCore

/// Whose connection it is, for limits of each client: an IPv4 address, or the /64 network of an IPv6 address, of which a client
/// has all addresses.
struct PeerAddress: Hashable, Sendable {
    private let bytes: UInt64
    private let isIPv6: Bool

    /// On this machine or in a private network, where proxies are and strangers are not.
    var isNear: Bool {
        if isIPv6 {
            let first = bytes >> 48
            // ::1 and ::, link-local fe80::/10, unique local fc00::/7.
            return bytes == 0 || first & 0xffc0 == 0xfe80 || first & 0xfe00 == 0xfc00
        }
        switch (bytes >> 24, bytes >> 16 & 0xff) {
        case (0, _), (10, _), (127, _), (100, 64...127), (169, 254), (172, 16...31), (192, 168): return true
        default: return false
        }
    }

    init(_ address: SocketAddress?) {
        let ofUnix: (UInt64, Bool) = (0, true)
        let (bytes, isIPv6) =
            address?.withSockAddr { address, size -> (UInt64, Bool) in
                let raw = UnsafeRawBufferPointer(start: UnsafeRawPointer(address), count: size)
                // `sockaddr_in` has the address at 4, `sockaddr_in6` at 8. Sources: ip(7), ipv6(7).
                if size == MemoryLayout<sockaddr_in>.size {
                    return (UInt64(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self))), false)
                }
                // A Unix socket's client is on this machine.
                guard size == MemoryLayout<sockaddr_in6>.size else { return ofUnix }
                let high = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                let low = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                // An IPv4 client of a socket for both: ::ffff:a.b.c.d.
                return high == 0 && low >> 32 == 0xffff ? (low & 0xffff_ffff, false) : (high, true)
            } ?? ofUnix
        self.bytes = bytes
        self.isIPv6 = isIPv6
    }
}
