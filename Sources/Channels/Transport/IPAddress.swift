import Glibc

/// An address of the internet protocol, version 4 or 6.
struct IPAddress: Hashable {
    /// 4 or 16 bytes, in the order of the network.
    private let bytes: [UInt8]

    /// - Returns: nil if the address is of another family, such as a Unix socket's.
    init?(_ address: UnsafePointer<sockaddr>?) {
        guard let address else { return nil }
        let start = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET: bytes = Self.bytes(start.load(as: sockaddr_in.self).sin_addr)
        case AF_INET6: bytes = Self.bytes(start.load(as: sockaddr_in6.self).sin6_addr)
        default: return nil
        }
    }

    /// - Parameter text: in the usual form, such as `10.0.0.1` or `2001:db8::1`.
    init?(_ text: String) {
        var (version4, version6) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &version4) == 1 {
            bytes = Self.bytes(version4)
        } else if inet_pton(AF_INET6, text, &version6) == 1 {
            bytes = Self.bytes(version6)
        } else {
            return nil
        }
    }

    private static func bytes(_ value: some Any) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    /// Whether it belongs to one host of the public internet. Sources: the IANA special-purpose address registries; RFC 4291
    /// and RFC 6052 for addresses of version 6 that contain one of version 4.
    var isPublic: Bool {
        guard bytes.count == 16 else { return isPublicVersion4(bytes[...]) }
        // ::ffff:0:0/96 is version 4 as a socket of version 6 writes it, and 64:ff9b::/96 as a translator (NAT64) does.
        if Self.mapped.contains(self) || Self.translated.contains(self) { return isPublicVersion4(bytes[12...]) }
        return Self.unicast.contains(self) && !Self.notPublic6.contains { $0.contains(self) }
    }

    private func isPublicVersion4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let address = IPAddress(bytes: Array(bytes))
        return !Self.notPublic4.contains { $0.contains(address) }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The addresses that share their first bits with a given one.
    private struct Block {
        let start: [UInt8]
        let bits: Int

        /// - Parameter text: such as `10.0.0.0/8`.
        init(_ text: StaticString) {
            let parts = text.description.split(separator: "/")
            guard let start = IPAddress(String(parts[0])), let bits = Int(parts[1]) else {
                preconditionFailure("\(text) is not a block of addresses")
            }
            (self.start, self.bits) = (start.bytes, bits)
        }

        func contains(_ address: IPAddress) -> Bool {
            guard address.bytes.count == start.count else { return false }
            return zip(address.bytes, start).enumerated().allSatisfy { index, pair in
                let shared = min(max(bits - 8 * index, 0), 8)
                return (pair.0 ^ pair.1) >> UInt8(8 - shared) == 0
            }
        }
    }

    private static let notPublic4: [Block] = [
        // This network, private networks, carriers' networks (RFC 6598), this machine, link-local.
        Block("0.0.0.0/8"), Block("10.0.0.0/8"), Block("100.64.0.0/10"), Block("127.0.0.0/8"), Block("169.254.0.0/16"),
        Block("172.16.0.0/12"), Block("192.168.0.0/16"),
        // Protocols, documentation, measurements, the old relays of 6to4.
        Block("192.0.0.0/24"), Block("192.0.2.0/24"), Block("192.88.99.0/24"), Block("198.18.0.0/15"),
        Block("198.51.100.0/24"), Block("203.0.113.0/24"),
        // Multicast, reserved, broadcast.
        Block("224.0.0.0/4"), Block("240.0.0.0/4"),
    ]

    private static let mapped = Block("::ffff:0:0/96")
    private static let translated = Block("64:ff9b::/96")
    /// Everything else of version 6 is this machine's, link-local, a private network's, multicast, or not given out.
    private static let unicast = Block("2000::/3")
    private static let notPublic6: [Block] = [
        // Protocols, with Teredo, which contains an address of version 4; 6to4, which does, too; documentation.
        Block("2001::/23"), Block("2002::/16"), Block("2001:db8::/32"), Block("3fff::/20"),
    ]
}
