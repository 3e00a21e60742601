import Glibc

/// An HTTP request. `CurlTransport` adds `Host`, `Content-Length` and `User-Agent`.
package struct HTTPRequest: Sendable, Hashable {
    package enum Method: Sendable, Hashable {
        case get
        case post
    }

    /// The hosts to which a request may be sent without TLS.
    package enum PlainHTTP: Sendable, Hashable {
        /// This machine only: loopback addresses and Unix sockets.
        case thisMachine
        /// Any host, for requests that contain no secret.
        case anyHost
    }

    package var method: Method
    /// Absolute, `https`, percent-encoded; `http` only if `plainHTTP` allows it.
    package var url: String
    package var headers: [HTTPHeader]
    /// Empty for `get`.
    package var body: [UInt8]
    /// The socket to connect to instead of the URL's host, which then only fills `Host`.
    package var unixSocketPath: String?
    /// The hosts to which the request may be sent without TLS.
    package var plainHTTP: PlainHTTP
    /// Whether the request may be sent to an address of this machine or a private network. false for a URL that outsiders
    /// choose: the address that is connected to counts, whatever the URL's host is called.
    package var mayReachPrivateHosts: Bool
    package var timeLimits: HTTPTimeLimits

    package init(
        method: Method,
        url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        unixSocketPath: String? = nil,
        plainHTTP: PlainHTTP = .thisMachine,
        mayReachPrivateHosts: Bool = true,
        timeLimits: HTTPTimeLimits = .standard
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.unixSocketPath = unixSocketPath
        self.plainHTTP = plainHTTP
        self.mayReachPrivateHosts = mayReachPrivateHosts
        self.timeLimits = timeLimits
    }

    /// Returns a POST whose body is already JSON.
    package static func postJSON(
        _ json: [UInt8],
        to url: String,
        headers: [HTTPHeader] = [],
        unixSocketPath: String? = nil,
        timeLimits: HTTPTimeLimits = .standard
    ) -> HTTPRequest {
        HTTPRequest(
            method: .post,
            url: url,
            headers: headers + [HTTPHeader("Content-Type", "application/json")],
            body: json,
            unixSocketPath: unixSocketPath,
            timeLimits: timeLimits
        )
    }
}

extension HTTPRequest {
    /// The reason why this request cannot be sent as it is, or nil. It quotes no values: they may contain tokens.
    var validationError: String? {
        if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) {
            return "the URL contains a space or a control character"
        }
        if let unixSocketPath, unixSocketPath.isEmpty || unixSocketPath.utf8.contains(0) {
            return "the path of the Unix socket is empty or contains a NUL"
        }
        if isPlain, !mayBePlain {
            return "only https:// may leave this machine: without TLS, a request can be read and changed in transit"
        }
        if method == .get, !body.isEmpty {
            return "a GET has no body"
        }
        let limits = [timeLimits.connectMilliseconds, timeLimits.totalMilliseconds, timeLimits.stallSeconds]
        if !limits.allSatisfy({ (1...Int(Int32.max)).contains($0) }) {
            return "a time limit is not between 1 and \(Int32.max)"
        }
        return headers.lazy.compactMap(\.validationError).first
    }
}

extension HTTPHeader {
    /// Fields that describe the length and the end of a message. They belong to the transport: `TransportError.Arrival` relies
    /// on a `Content-Length` that counts the whole body.
    private static let framing: Set<String> = ["connection", "content-length", "expect", "transfer-encoding"]

    fileprivate var validationError: String? {
        if name.isEmpty || !name.utf8.allSatisfy(isTokenCharacter) {
            return "a header's name is not a token (RFC 9110, section 5.6.2)"
        }
        if value.utf8.contains(where: { $0 == 0 || $0 == 0x0a || $0 == 0x0d }) {
            return "the value of header \(name) contains a line break or a NUL"
        }
        if Self.framing.contains(name.lowercased()) {
            return "header \(name) is set by the transport"
        }
        return nil
    }

    private func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension HTTPRequest {
    private static let plainScheme = "http://"

    /// Whether the URL is plain HTTP, without TLS.
    var isPlain: Bool {
        url.utf8.count >= Self.plainScheme.utf8.count
            && url.prefix(Self.plainScheme.count).lowercased() == Self.plainScheme
    }

    /// Whether the URL is plain HTTP and the request may be sent so.
    var mayBePlain: Bool {
        guard isPlain else { return false }
        return unixSocketPath != nil || plainHTTP == .anyHost
            || Self.isThisMachine(url.dropFirst(Self.plainScheme.count))
    }

    /// Returns whether the text after the scheme begins with `localhost`, `[::1]` or an address of 127.0.0.0/8, written in
    /// full. Every other spelling, or a name that libcurl has to look up, counts as another machine.
    private static func isThisMachine(_ rest: Substring) -> Bool {
        let authority = rest.prefix { !["/", "?", "#"].contains($0) }
        let ipv6 = "[::1]"
        let host = authority.hasPrefix(ipv6) ? authority.prefix(ipv6.count) : authority.prefix { $0 != ":" }
        let port = authority.dropFirst(host.count)
        guard port.isEmpty || (port.first == ":" && port.dropFirst().allSatisfy(\.isASCIIDigit)) else { return false }
        if host == ipv6 || host.lowercased() == "localhost" { return true }
        var address = in_addr()
        // Network byte order: the first number is the first byte in memory.
        return inet_pton(AF_INET, String(host), &address) == 1
            && withUnsafeBytes(of: &address) { $0.first } == 127
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

/// The time limits of a request. Each is at least 1: libcurl reads 0 as "no limit".
package struct HTTPTimeLimits: Sendable, Hashable {
    /// From the start until the connection is established, including name lookup and TLS.
    package var connectMilliseconds: Int
    /// From the start to the last byte of the answer.
    package var totalMilliseconds: Int
    /// The longest time with fewer than 100 body bytes a second, in both directions together. A server that is still processing
    /// sends nothing, so this also limits its processing time. libcurl measures in whole seconds, and ends about one second
    /// late.
    package var stallSeconds: Int

    package init(connectMilliseconds: Int, totalMilliseconds: Int, stallSeconds: Int) {
        self.connectMilliseconds = connectMilliseconds
        self.totalMilliseconds = totalMilliseconds
        self.stallSeconds = stallSeconds
    }

    package static let standard = HTTPTimeLimits(
        connectMilliseconds: 10_000,
        totalMilliseconds: 30_000,
        stallSeconds: 20
    )
}

/// One header field of a request.
package struct HTTPHeader: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
