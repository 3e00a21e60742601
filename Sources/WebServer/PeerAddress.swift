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
        switch address {
        case .v4(let address):
            bytes = UInt64(UInt32(bigEndian: address.address.sin_addr.s_addr))
            isIPv6 = false
        case .v6(let address):
            let words = withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                (0..<2).map { UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
            }
            // An IPv4 client of a socket for both: ::ffff:a.b.c.d.
            let isMapped = words[0] == 0 && words[1] >> 32 == 0xffff
            bytes = isMapped ? words[1] & 0xffff_ffff : words[0]
            isIPv6 = !isMapped
        default:
            // A Unix socket's client is on this machine.
            bytes = 0
            isIPv6 = true
        }
    }
}
