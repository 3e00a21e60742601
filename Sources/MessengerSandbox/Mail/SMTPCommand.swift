/// A command of a mail client.
struct SMTPCommand: Sendable {
    /// In upper case.
    let verb: String
    let argument: String

    /// - Returns: nil if the line is not printable ASCII.
    init?(_ line: [UInt8]) {
        guard line.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        let text = String(decoding: line, as: UTF8.self)
        let verb = text.prefix { $0 != " " }
        self.verb = verb.uppercased()
        argument = text.dropFirst(verb.count).trimmingSpaces()
    }

    /// The verbs of HTTP. A page in a browser can send requests to any port of this machine.
    var isHTTP: Bool {
        ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].contains(verb)
    }
}

/// The address and the parameters of `MAIL` and `RCPT`.
struct SMTPPath: Sendable {
    /// The limits of RFC 5321, section 4.5.3.1.
    private static let (localLimit, limit) = (64, 254)

    /// Empty for `<>`.
    let address: String
    /// Such as `SIZE=1000`, in upper case.
    let parameters: [String]

    /// - Parameter keyword: `FROM:` or `TO:`.
    /// - Returns: nil if the argument is not such a path. Quoted local parts are not known.
    init?(_ argument: String, after keyword: String) {
        guard argument.prefix(keyword.count).uppercased() == keyword else { return nil }
        let path = argument.dropFirst(keyword.count)
        guard path.first == "<", let end = path.firstIndex(of: ">") else { return nil }
        let rest = path[path.index(after: end)...]
        guard rest.isEmpty || rest.first == " " else { return nil }
        address = String(path[..<end].dropFirst())
        parameters = rest.split(separator: " ").map { $0.uppercased() }
        guard address.isEmpty || Self.isAddress(address) else { return nil }
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && (1...localLimit).contains(parts[0].count) && !parts[1].isEmpty && text.count <= limit
            && !text.contains { $0 == " " || $0 == "<" || $0 == "\"" }
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> String {
        var rest = drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
