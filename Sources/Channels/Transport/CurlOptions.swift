import CCurl

/// The options of an easy handle. It remembers the first failure: an option that silently has no effect, such as the
/// verification of certificates, would be worse than a failed request.
struct CurlOptions {
    let easy: UnsafeMutableRawPointer
    private(set) var firstFailure = CURLE_OK

    init(easy: UnsafeMutableRawPointer) {
        self.easy = easy
    }

    mutating func note(_ code: CURLcode) {
        if firstFailure == CURLE_OK { firstFailure = code }
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(dripd_set_long(easy, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: String) {
        note(dripd_set_text(easy, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        note(dripd_set_pointer(easy, option, value))
    }

    /// Sets the options that are the same for every request.
    mutating func setFixed(userAgent: String, idleConnectionSeconds: Int) {
        note(dripd_leave_resolver_behind(easy))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        // HTTP/1.1 only. A server that recycles an HTTP/2 connection drops the requests that cross its GOAWAY. They were not
        // processed, but libcurl does not tell them from requests that may have been, so each would be in doubt. Over HTTP/1.1
        // the answer announces the end of the connection, and no request follows it.
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // At least TLS 1.2: OpenSSL's own configuration may allow less.
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        // Empty: libcurl also ignores http_proxy and similar variables.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_USERAGENT, userAgent)
        set(CURLOPT_MAXAGE_CONN, idleConnectionSeconds)
    }

    mutating func set(_ request: HTTPRequest) {
        note(request.mayBePlain ? dripd_allow_only_http(easy) : dripd_allow_only_https(easy))
        set(CURLOPT_URL, request.url)
        switch request.method {
        case .get:
            set(CURLOPT_HTTPGET, 1)
        case .post:
            set(CURLOPT_POST, 1)
            request.body.withUnsafeBytes { note(dripd_set_body(easy, $0.baseAddress, curl_off_t($0.count))) }
        }
        if let path = request.unixSocketPath { set(CURLOPT_UNIX_SOCKET_PATH, path) }
        set(CURLOPT_CONNECTTIMEOUT_MS, request.timeLimits.connectMilliseconds)
        set(CURLOPT_TIMEOUT_MS, request.timeLimits.totalMilliseconds)
        // Not 1: libcurl averages over five seconds, and a short body alone amounts to a few bytes a second.
        set(CURLOPT_LOW_SPEED_LIMIT, 100)
        set(CURLOPT_LOW_SPEED_TIME, request.timeLimits.stallSeconds)
    }
}

/// The progress of a request on its way to the server. It decides `TransportError.Arrival`.
struct CurlProgress {
    private let method: HTTPRequest.Method
    /// How often libcurl had a connection for this request.
    private var attempts = 0
    /// Whether an address was refused because it is not public.
    private(set) var hasPrivateAddress = false

    init(method: HTTPRequest.Method = .get) {
        self.method = method
    }

    /// Whether the request ever had a connection, so the server may have all of it.
    var hadConnection: Bool { attempts > 0 }

    /// Records that libcurl has a connection and is about to write the request to it.
    /// - Returns: whether it may write the request.
    mutating func mayBegin() -> Bool {
        attempts += 1
        return method == .get || attempts == 1
    }

    /// Records that the host has an address that the request may not be sent to.
    mutating func refusePrivateAddress() {
        hasPrivateAddress = true
    }
}
