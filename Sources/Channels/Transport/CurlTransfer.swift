import CCurl

/// An easy handle that carries one request at a time and is reused.
///
/// **At most once.** If a kept-alive connection breaks before a byte of the answer, libcurl silently sends the request again on
/// a new connection, and a POST could arrive twice. libcurl asks `mayBegin` before every attempt, which refuses a second one. A
/// GET may be repeated.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    private let userAgent: String
    private let limits: TransportLimits
    /// libcurl's description of a failure.
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    private var submission: CurlSubmission?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var start = ContinuousClock.now
    private var progress = CurlProgress()
    private var answer: CurlAnswer

    init?(userAgent: String, limits: TransportLimits) {
        guard let easy = curl_easy_init() else {
            errorText.deallocate()
            return nil
        }
        self.easy = easy
        self.userAgent = userAgent
        self.limits = limits
        self.answer = CurlAnswer(limits: limits)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// Resets the handle and sets every option, so nothing of the last request remains.
    func prepare(_ submission: CurlSubmission) -> CURLcode {
        let request = submission.request
        self.submission = submission
        start = .now
        progress = CurlProgress(method: request.method)
        answer = CurlAnswer(limits: limits)
        errorText.pointee = 0
        curl_easy_reset(easy)
        curl_slist_free_all(headerList)
        headerList = nil

        var options = CurlOptions(easy: easy)
        options.setFixed(userAgent: userAgent, idleConnectionSeconds: limits.idleConnectionSeconds)
        options.set(request)
        options.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        setHeaders(of: request, in: &options)
        setCallbacks(in: &options, mayReachPrivateHosts: request.mayReachPrivateHosts)
        if options.firstFailure != CURLE_OK { self.submission = nil }
        return options.firstFailure
    }

    /// Resumes the waiting task. The easy handle must already be removed from the multi handle.
    func finish(_ code: CURLcode) {
        guard let submission else { return }
        self.submission = nil
        // libcurl accepts a header that was cut off by the end of the connection.
        let code = code == CURLE_OK && !answer.hasWholeHeader ? CURLE_GOT_NOTHING : code
        if code == CURLE_OK {
            var status = 0
            dripd_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
            submission.continuation.resume(returning: .success(answer.response(status: status)))
        } else {
            let failure = CurlFailure(
                code: code,
                text: String(cString: errorText),
                request: submission.request,
                progress: progress,
                answer: answer,
                elapsed: start.duration(to: .now)
            )
            submission.continuation.resume(returning: .failure(failure.error))
        }
        answer = CurlAnswer(limits: limits)
    }

    private func setHeaders(of request: HTTPRequest, in options: inout CurlOptions) {
        // In libcurl, "Name:" suppresses a default header, and "Name;" sends one without a value.
        var lines = ["Expect:"]
        var hasContentType = false
        for header in request.headers {
            lines.append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
            hasContentType = hasContentType || header.name.lowercased() == "content-type"
        }
        if !hasContentType { lines.append("Content-Type:") }
        for line in lines {
            guard let list = curl_slist_append(headerList, line) else { return options.note(CURLE_OUT_OF_MEMORY) }
            headerList = list
        }
        options.note(dripd_set_headers(easy, headerList))
    }

    private func setCallbacks(in options: inout CurlOptions, mayReachPrivateHosts: Bool) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        if !mayReachPrivateHosts {
            options.note(
                dripd_set_open_socket(
                    easy,
                    { context, _, peer in
                        guard let peer, CurlTransfer.at(context).mayReach(IPAddress(dripd_address(peer))) else {
                            return CURL_SOCKET_BAD
                        }
                        return dripd_open_socket(peer)
                    },
                    context
                )
            )
        }
        options.note(
            dripd_set_before_request(
                easy,
                { context, address, _, _, _ in
                    CurlTransfer.at(context).mayBegin(at: address) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
                },
                context
            )
        )
        options.note(
            dripd_set_header(
                easy,
                { buffer, size, count, context in
                    let line = UnsafeRawBufferPointer(start: buffer, count: size * count)
                    return CurlTransfer.at(context).answer.takeHeader(line) ? line.count : 0
                },
                context
            )
        )
        options.note(
            dripd_set_write(
                easy,
                { buffer, size, count, context in
                    let bytes = UnsafeRawBufferPointer(start: buffer, count: size * count)
                    return CurlTransfer.at(context).answer.takeBody(bytes) ? bytes.count : 0
                },
                context
            )
        )
    }

    /// - Parameter address: the server's, in text. The connection may be another request's that may reach private hosts.
    private func mayBegin(at address: UnsafePointer<CChar>?) -> Bool {
        guard
            submission?.request.mayReachPrivateHosts != false
                || mayReach(address.flatMap { IPAddress(String(cString: $0)) })
        else { return false }
        return progress.mayBegin()
    }

    private func mayReach(_ address: IPAddress?) -> Bool {
        if address?.isPublic == true { return true }
        progress.refusePrivateAddress()
        return false
    }

    private static func at(_ context: UnsafeMutableRawPointer?) -> CurlTransfer {
        // libcurl passes back the pointer from `setCallbacks`, and `CurlLoop.running` keeps the transfer alive meanwhile.
        Unmanaged<CurlTransfer>.fromOpaque(context!).takeUnretainedValue()
    }
}
