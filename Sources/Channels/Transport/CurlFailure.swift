import CCurl

/// Translates libcurl's result code, with what the transfer knows of its own way, into a `TransportError`.
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

    /// libcurl tells what went wrong last. Where a request had a connection and lost it, that is an attempt to open another one,
    /// of which nothing left: what became of the request was decided before.
    private var isOfAnotherAttempt: Bool {
        guard progress.hadConnection else { return false }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            return true
        // "Operation timed out …" is the request's own; while it connects, libcurl says so.
        case CURLE_OPERATION_TIMEDOUT: return !text.isEmpty && !text.hasPrefix("Operation")
        default: return false
        }
    }

    private var kind: TransportError.Kind {
        if answer.excess != nil { return .tooLarge }
        if isOfAnotherAttempt { return .cut }
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
            // One code for all time limits: what ends early, though connected, is the stall limit.
            // libcurl rounds, and may call a time limit passed a millisecond too soon.
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

    private static let cut = "the connection ended before the answer's header did"

    private var message: String {
        if let excess = answer.excess { return excess }
        switch code {
        case _ where isOfAnotherAttempt: return Self.cut
        case CURLE_GOT_NOTHING, CURLE_ABORTED_BY_CALLBACK:
            // libcurl's own words are about a callback: it wanted to send the request again.
            return Self.cut
        case CURLE_OPERATION_TIMEDOUT: return silence
        default:
            return text.isEmpty || quotesURL ? String(cString: curl_easy_strerror(code)) : text
        }
    }

    /// libcurl's words are of bytes a second.
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

    /// The text contains the URL's path or query, where tokens travel. Shorter ones are no secret.
    private var quotesURL: Bool {
        let afterScheme = request.url.drop { $0 != "/" }.drop { $0 == "/" }
        return afterScheme.drop { $0 != "/" && $0 != "?" }
            .split(separator: "?")
            .contains { $0.utf8.count >= 8 && text.contains($0) }
    }
}
