import CCurl

/// A failed transfer. It translates libcurl's result code and the progress of the transfer into a `TransportError`.
struct CurlFailure {
    let code: CURLcode
    let text: String
    let request: HTTPRequest
    let progress: CurlProgress
    let answer: CurlAnswer
    let elapsed: Duration

    var error: TransportError {
        TransportError(arrival: arrival, kind: kind, message: message)
    }

    private var arrival: TransportError.Arrival {
        progress.hadConnection ? .perhaps : .certainlyNot
    }

    /// Whether the error belongs to a later attempt. libcurl reports the last error. If a request lost its connection, that is
    /// the failure to open another one, on which nothing was sent: the fate of the request was decided before.
    private var isOfAnotherAttempt: Bool {
        guard progress.hadConnection else { return false }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            return true
        // "Operation timed out …" concerns the request itself; while connecting, libcurl uses another text.
        case CURLE_OPERATION_TIMEDOUT: return !text.isEmpty && !text.hasPrefix("Operation")
        default: return false
        }
    }

    /// Whether the only reason is that the host's addresses are not public.
    private var isForPrivateAddress: Bool {
        progress.hasPrivateAddress && !progress.hadConnection
            && [CURLE_COULDNT_CONNECT, CURLE_ABORTED_BY_CALLBACK].contains(code)
    }

    private var kind: TransportError.Kind {
        if answer.excess != nil { return .tooLarge }
        if isOfAnotherAttempt { return .cut }
        if isForPrivateAddress { return .connect }
        switch code {
        case CURLE_UNSUPPORTED_PROTOCOL:
            // The URL's scheme; or, once connected, an answer without a status line ("HTTP/0.9").
            return progress.hadConnection ? .protocol : .invalidRequest
        case CURLE_URL_MALFORMAT:
            return .invalidRequest
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return .resolve
        case CURLE_COULDNT_CONNECT:
            return .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_USE_SSL_FAILED:
            return .tls
        case CURLE_OPERATION_TIMEDOUT:
            // libcurl has one code for all time limits: if a connected transfer ends early, the stall limit passed. libcurl
            // rounds, and may report a time limit a millisecond too soon.
            let early = elapsed + .milliseconds(2) < .milliseconds(request.timeLimits.totalMilliseconds)
            return progress.hadConnection && early ? .stall : .timeout
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_ABORTED_BY_CALLBACK:
            return .cut
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            return .protocol
        default:
            return .internal
        }
    }

    private static let cut = "the connection ended before the answer's header was complete"

    private var message: String {
        if let excess = answer.excess { return excess }
        switch code {
        case _ where isOfAnotherAttempt: return Self.cut
        case _ where isForPrivateAddress: return "the host has no public address"
        case CURLE_GOT_NOTHING, CURLE_ABORTED_BY_CALLBACK:
            // libcurl tried to send the request again and was refused; its own text is about the callback.
            return Self.cut
        case CURLE_OPERATION_TIMEDOUT: return silence
        default:
            return text.isEmpty || quotesURL ? String(cString: curl_easy_strerror(code)) : text
        }
    }

    /// The text for a time limit. libcurl's own text is about bytes a second.
    private var silence: String {
        let limits = request.timeLimits
        func seconds(_ milliseconds: Int) -> String {
            milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
        }
        guard progress.hadConnection else {
            return "no connection within \(seconds(min(limits.connectMilliseconds, limits.totalMilliseconds)))"
        }
        return kind == .stall
            ? "no answer for \(limits.stallSeconds) s" : "no answer within \(seconds(limits.totalMilliseconds))"
    }

    /// Whether the text contains the URL's path or query, where tokens may be. Parts of less than 8 bytes are no secret.
    private var quotesURL: Bool {
        let afterScheme = request.url.drop { $0 != "/" }.drop { $0 == "/" }
        return afterScheme.drop { $0 != "/" && $0 != "?" }
            .split(separator: "?")
            .contains { $0.utf8.count >= 8 && text.contains($0) }
    }
}

/// An answer that is being received.
struct CurlAnswer {
    private let limits: TransportLimits
    private var headerLines: [UInt8] = []
    /// Includes status lines and interim answers, which could otherwise go on for ever.
    private var headerBytes = 0
    private var isInterim = false
    private var body: [UInt8] = []
    /// Whether the empty line that ends the header has arrived; that of an interim answer does not count.
    private(set) var hasWholeHeader = false
    /// The limit that the answer exceeds, as an error message.
    private(set) var excess: String?

    init(limits: TransportLimits) {
        self.limits = limits
    }

    /// Adds a whole line of the header, including its line end.
    /// - Returns: false if the header is too large.
    mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= limits.responseHeaderBytes else {
            excess = "the answer's header exceeds \(limits.responseHeaderBytes) bytes"
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            // A status line: the lines before it belong to an interim answer (1xx).
            headerLines.removeAll(keepingCapacity: true)
            isInterim = line.dropFirst("HTTP/".utf8.count).drop { $0 != 0x20 }.starts(with: " 1".utf8)
        } else if line.first == 0x0d || line.first == 0x0a {
            hasWholeHeader = !isInterim
        } else {
            headerLines.append(contentsOf: line)
        }
        return true
    }

    /// Adds a part of the body.
    /// - Returns: false if the body is too large.
    mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= limits.responseBodyBytes else {
            excess = "the answer's body exceeds \(limits.responseBodyBytes) bytes"
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    func response(status: Int) -> HTTPResponse {
        HTTPResponse(status: status, headers: HTTPResponseHeaders(lines: headerLines), body: body)
    }
}
