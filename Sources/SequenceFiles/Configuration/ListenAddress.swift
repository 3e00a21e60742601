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
