/// Where the web server listens.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address, an IPv6 address without its brackets.
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
        guard !host.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "[" || $0 == "]" }) else {
            throw Fault("'\(host)' is not a host: \(form)")
        }
        return ListenAddress(host: String(host), port: port)
    }
}
