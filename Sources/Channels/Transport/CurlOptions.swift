import CCurl

/// Sets options of an easy handle and remembers the first refusal: an option that silently does not hold, such as the
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

    /// What is the same for every request.
    mutating func setFixed(userAgent: String, idleConnectionSeconds: Int) {
        note(dripd_leave_resolver_behind(easy))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        // A server that recycles an HTTP/2 connection drops the requests that meet its GOAWAY. They were not processed, and
        // libcurl would send them again, but does not tell them from those that may have been: each would be in doubt. Over
        // HTTP/1.1 the answer says that a connection ends, and no request follows it.
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // OpenSSL's own configuration may be laxer.
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        // Empty: not even the proxy that http_proxy and its kin name.
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
        // libcurl averages over five seconds, in which a short body alone makes some bytes a second.
        set(CURLOPT_LOW_SPEED_LIMIT, 100)
        set(CURLOPT_LOW_SPEED_TIME, request.timeLimits.stallSeconds)
    }
}
