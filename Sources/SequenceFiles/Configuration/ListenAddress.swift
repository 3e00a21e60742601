import Glibc

/// Where the web server listens.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address, an IPv6 address without its brackets; `*`: every interface of this machine.
    package let host: String
    /// 0: any free one.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// As it is written in the file.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    static let standard = ListenAddress(host: "127.0.0.1", port: 8787)

    /// Every interface.
    private static let any = "*"

    /// What to bind.
    /// - Parameter hasIPv6: with it, `*` takes IPv4 clients too.
    package func bindHost(hasIPv6: Bool) -> String {
        host == Self.any ? (hasIPv6 ? "::" : "0.0.0.0") : host
    }

    /// Where a program on this machine reaches what listens here, as hosts of a URL: the first that answers.
    package var localHosts: [String] {
        switch host {
        // `::` alone does not say whether it takes IPv4, too; that is a setting of the kernel.
        case Self.any, "::": ["127.0.0.1", "[::1]"]
        case "0.0.0.0", "0": ["127.0.0.1"]
        default: [host.contains(":") ? "[\(host)]" : host]
        }
    }

    /// Whether other machines may reach what listens here. A name is taken to lead to them, but for `localhost`.
    package var isBeyondLoopback: Bool {
        if host.lowercased() == "localhost" { return false }
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0, let found else { return true }
        defer { freeaddrinfo(found) }
        guard let address = found.pointee.ai_addr else { return true }
        if found.pointee.ai_family == AF_INET {
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 != 127
            }
        }
        return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
            let bytes = withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
            return !(bytes == [UInt8](repeating: 0, count: 15) + [1] || (isMapped && bytes[12] == 127))
        }
    }

    static func parse(_ text: String) throws(Fault) -> ListenAddress {
        let form = "write it like '127.0.0.1:8787' or '[::1]:8787'"
        guard let colon = text.lastIndex(of: ":") else {
            let suggestion = Int(text) == nil ? "\(text):\(standard.port)" : "\(standard.host):\(text)"
            throw Fault("'\(text)' is not a host and a port", suggestion: suggestion)
        }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard let port = Int(digits), (0...65_535).contains(port), digits.allSatisfy(\.isNumber) else {
            throw Fault("'\(digits)' is not a port: there is 0 to 65535")
        }
        guard !host.isEmpty else { throw Fault("'\(text)' has no host", suggestion: "\(standard.host):\(port)") }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw Fault("'[\(host)]' is not an IPv6 address: \(form)") }
        } else if host.contains(":") {
            throw Fault("an IPv6 address stands in brackets", suggestion: "[\(host)]:\(port)")
        }
        guard host == any || host.utf8.allSatisfy(isOfHost) else {
            throw Fault("'\(host)' is not a host: \(form), or '*:\(port)' for every interface")
        }
        return ListenAddress(host: String(host), port: port)
    }

    /// Of a name or an address; '%' begins an IPv6 address's zone.
    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_:%".utf8.contains(byte)
        }
    }
}
