/// A request as a value. `CurlTransport` adds `Host`, `Content-Length` and `User-Agent`.
package struct HTTPRequest: Sendable, Hashable {
    package enum Method: Sendable, Hashable {
        case get
        case post
    }

    /// Who on the way may read a request without TLS.
    package enum PlainHTTP: Sendable, Hashable {
        /// Nobody outside this machine: to its own addresses and to Unix sockets alone.
        case thisMachine
        /// For what is no secret.
        case anyHost
    }

    package var method: Method
    /// Absolute, `https`, percent-encoded; `http` as `plainHTTP` says.
    package var url: String
    package var headers: [HTTPHeader]
    /// Empty for `get`.
    package var body: [UInt8]
    /// Connects to this socket instead of the URL's host, which then only fills `Host`.
    package var unixSocketPath: String?
    /// To which hosts it may go without TLS.
    package var plainHTTP: PlainHTTP
    package var timeLimits: HTTPTimeLimits

    package init(
        method: Method,
        url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        unixSocketPath: String? = nil,
        plainHTTP: PlainHTTP = .thisMachine,
        timeLimits: HTTPTimeLimits = .standard
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.unixSocketPath = unixSocketPath
        self.plainHTTP = plainHTTP
        self.timeLimits = timeLimits
    }

    /// A POST of text that is JSON already.
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
