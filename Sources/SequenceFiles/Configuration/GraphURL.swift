import Foundation

/// The address of the Graph API with its version, or of a server of one's own in its place.
package struct GraphURL: Hashable, Sendable, CustomStringConvertible {
    /// Without a slash at the end.
    package let text: String
    /// The host is this machine: a test server, for which the platform's rules need not hold.
    package let isLoopback: Bool

    package var description: String { text }

    static let standard = GraphURL(text: "https://graph.facebook.com/v25.0", isLoopback: false)

    static func parse(_ text: String) throws(Fault) -> GraphURL {
        let address = try WebAddress.parse(text)
        guard let parts = URLComponents(string: address), let host = parts.host else {
            throw Fault("'\(text)' is not a web address")
        }
        guard parts.query == nil, parts.fragment == nil, parts.user == nil, parts.password == nil else {
            throw Fault("'graph_url' is a scheme, a host and a path, without '?', '#' and '@'")
        }
        let isLoopback = isLoopback(host)
        guard isLoopback || parts.scheme?.lowercased() == "https" else {
            throw Fault(
                "'graph_url' must begin with https:// unless its host is this machine: the page's token goes there",
                suggestion: "https" + text.dropFirst(4)
            )
        }
        var trimmed = address[...]
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        return GraphURL(text: String(trimmed), isLoopback: isLoopback)
    }

    /// `localhost`, `::1`, `127.0.0.0/8`; nothing that would have to be looked up ("127.0.0.1.example.com").
    private static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
