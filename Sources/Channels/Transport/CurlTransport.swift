import CCurl
import Foundation

/// libcurl's multi interface on its own thread, over HTTP/1.1 (see `CurlOptions`).
///
/// ```
/// send ──► CurlMailbox ──► CurlLoop (the thread) ──► CurlTransfer ──► libcurl
///   ◄──────────── continuation ◄────────┘
/// ```
/// A POST is sent at most once (see `CurlTransfer`). Redirects are not followed, certificates are verified, and the proxy
/// variables of the environment are ignored: only the configuration counts. While no request is under way, the thread sleeps
/// without a time limit.
package final class CurlTransport: Transport {
    private let mailbox: CurlMailbox

    /// `curl_global_init` must run once, before any other function of libcurl.
    private static let globalInit = dripd_global_init()

    /// - Parameter userAgent: the `User-Agent` of every request, `dripd/VERSION`.
    /// - Throws: `TransportError` of kind `internal` if libcurl cannot be set up.
    package init(userAgent: String, limits: TransportLimits = TransportLimits()) throws(TransportError) {
        precondition(limits.all.allSatisfy { $0 >= 1 }, "libcurl reads 0 as no limit")
        guard Self.globalInit == CURLE_OK, let multi = CurlMulti(limits: limits) else {
            throw TransportError(arrival: .certainlyNot, kind: .internal, message: "libcurl cannot be set up")
        }
        let mailbox = CurlMailbox(multi: multi, capacity: limits.requests)
        self.mailbox = mailbox
        Thread.detachNewThread {
            Thread.current.name = "dripd-http"  // For `ps -L` and debuggers; takes effect on the running thread only.
            CurlLoop(mailbox: mailbox, userAgent: userAgent, limits: limits).run()
        }
    }

    deinit {
        mailbox.close()
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        if let validationError = request.validationError {
            throw TransportError(arrival: .certainlyNot, kind: .invalidRequest, message: validationError)
        }
        let result = await withCheckedContinuation { continuation in
            mailbox.submit(CurlSubmission(request: request, continuation: continuation))
        }
        return try result.get()
    }

    /// Refuses new requests, and returns when those under way are answered and all connections are closed.
    package func shutdown() async {
        mailbox.close()
        await mailbox.ended()
    }
}

/// A transport that reports the `Date` of every answer (RFC 9110, section 6.6.1): the platform's time.
package struct DateReadingTransport: Transport {
    private let base: any Transport
    private let tell: @Sendable (_ secondsSince1970: Int64) -> Void

    package init(_ base: any Transport, tell: @escaping @Sendable (_ secondsSince1970: Int64) -> Void) {
        self.base = base
        self.tell = tell
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let response = try await base.send(request)
        // An answer from a cache has the date at which it was stored there.
        if response.headers["Age"] == nil, let date = response.headers["Date"].map({ curl_getdate($0, nil) }), date > 0
        {
            tell(Int64(date))
        }
        return response
    }
}
