/// A request as a value. `CurlTransport` adds `Host`, `Content-Length` and `User-Agent`.
package struct HTTPRequest: Sendable, Hashable {
    package enum Method: Sendable, Hashable {
        case get
        case post
    }

    package var method: Method
    /// Absolute, `http` or `https`, percent-encoded.
    package var url: String
    package var headers: [HTTPHeader]
    /// Empty for `get`.
    package var body: [UInt8]
    /// Connects to this socket instead of the URL's host, which then only fills `Host`.
    package var unixSocketPath: String?
    package var timeLimits: HTTPTimeLimits

    package init(
        method: Method,
        url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        unixSocketPath: String? = nil,
        timeLimits: HTTPTimeLimits = .standard
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.unixSocketPath = unixSocketPath
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
