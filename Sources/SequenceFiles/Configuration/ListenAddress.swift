import Foundation
import Glibc

/// The address on which the web server listens.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address, IPv6 without brackets; `*` for every interface of this machine.
    package let host: String
    /// The port; 0 for any free one.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The address as written in the file.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    static let standard = ListenAddress(host: "127.0.0.1", port: 8787)

    /// Every interface.
    private static let any = "*"

    /// Returns the host to bind.
    /// - Parameter hasIPv6: whether the machine has IPv6; then `*` binds `::`, which accepts IPv4 clients too.
    package func bindHost(hasIPv6: Bool) -> String {
        host == Self.any ? (hasIPv6 ? "::" : "0.0.0.0") : host
    }

    /// The hosts, as in a URL, at which a program on this machine may reach the server: use the first that answers.
    package var localHosts: [String] {
        switch host {
        // A kernel setting decides whether `::` accepts IPv4 too.
        case Self.any, "::": ["127.0.0.1", "[::1]"]
        case "0.0.0.0", "0": ["127.0.0.1"]
        default: [host.contains(":") ? "[\(host)]" : host]
        }
    }

    /// Whether other machines may reach the server. Assumed for every name except `localhost`.
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

    package static func parse(_ text: String) throws(ParseError) -> ListenAddress {
        let form = "write it like '127.0.0.1:8787' or '[::1]:8787'"
        guard let colon = text.lastIndex(of: ":") else {
            let suggestion = Int(text) == nil ? "\(text):\(standard.port)" : "\(standard.host):\(text)"
            throw ParseError("'\(text)' is not a host and a port", suggestion: suggestion)
        }
        var host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard let port = Int(digits), (0...65_535).contains(port), digits.allSatisfy(\.isNumber) else {
            throw ParseError("'\(digits)' is not a port: use 0 to 65535")
        }
        guard !host.isEmpty else { throw ParseError("'\(text)' has no host", suggestion: "\(standard.host):\(port)") }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw ParseError("'[\(host)]' is not an IPv6 address: \(form)") }
        } else if host.contains(":") {
            throw ParseError("an IPv6 address must be in brackets", suggestion: "[\(host)]:\(port)")
        }
        guard host == any || host.utf8.allSatisfy(isOfHost) else {
            throw ParseError("'\(host)' is not a host: \(form), or '*:\(port)' for every interface")
        }
        return ListenAddress(host: String(host), port: port)
    }

    /// Returns whether a byte is allowed in a name or an address; '%' begins an IPv6 address's zone.
    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: ".-_:%".utf8.contains(byte)
        }
    }
}

/// The address of the Graph API with its version, or of a server that replaces it.
package struct GraphURL: Hashable, Sendable, CustomStringConvertible {
    /// The address without a slash at the end.
    package let text: String
    /// Whether the host is this machine: a test server, to which the platform's limits need not apply.
    package let isLoopback: Bool

    package var description: String { text }

    static let standard = GraphURL(text: "https://graph.facebook.com/v25.0", isLoopback: false)

    static func parse(_ text: String) throws(ParseError) -> GraphURL {
        let address = try WebAddress.parse(text)
        guard let parts = URLComponents(string: address), let host = parts.host else {
            throw ParseError("'\(text)' is not a web address")
        }
        guard parts.query == nil, parts.fragment == nil, parts.user == nil, parts.password == nil else {
            throw ParseError("'graph_url' is a scheme, a host and a path, without '?', '#' and '@'")
        }
        let isLoopback = isLoopback(host)
        guard isLoopback || parts.scheme?.lowercased() == "https" else {
            throw ParseError(
                "'graph_url' must begin with https:// unless its host is this machine: the page's token is sent there",
                suggestion: "https" + text.dropFirst(4)
            )
        }
        var trimmed = address[...]
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        return GraphURL(text: String(trimmed), isLoopback: isLoopback)
    }

    /// Returns true for `localhost`, `::1` and `127.0.0.0/8`, but not for names that need a lookup ("127.0.0.1.example.com").
    private static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
