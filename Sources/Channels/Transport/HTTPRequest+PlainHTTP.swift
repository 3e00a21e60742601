import Glibc

extension HTTPRequest {
    private static let plainScheme = "http://"

    /// Its URL asks for no TLS.
    var isPlain: Bool {
        url.utf8.count >= Self.plainScheme.utf8.count
            && url.prefix(Self.plainScheme.count).lowercased() == Self.plainScheme
    }

    /// It asks for no TLS, and may.
    var mayBePlain: Bool {
        guard isPlain else { return false }
        return unixSocketPath != nil || plainHTTP == .anyHost
            || Self.isThisMachine(url.dropFirst(Self.plainScheme.count))
    }

    /// Whether what stands behind the scheme begins with `localhost`, `[::1]` or an address of 127.0.0.0/8, as they are written in
    /// full. Whatever libcurl may read otherwise, or has to look up, is another machine.
    private static func isThisMachine(_ rest: Substring) -> Bool {
        let authority = rest.prefix { !["/", "?", "#"].contains($0) }
        let ipv6 = "[::1]"
        let host = authority.hasPrefix(ipv6) ? authority.prefix(ipv6.count) : authority.prefix { $0 != ":" }
        let port = authority.dropFirst(host.count)
        guard port.isEmpty || (port.first == ":" && port.dropFirst().allSatisfy(\.isASCIIDigit)) else { return false }
        if host == ipv6 || host.lowercased() == "localhost" { return true }
        var address = in_addr()
        // Network order: the first number is the lowest byte in memory.
        return inet_pton(AF_INET, String(host), &address) == 1
            && withUnsafeBytes(of: &address) { $0.first } == 127
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
