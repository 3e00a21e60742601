import CCurl
import Foundation

/// libcurl's multi interface on a thread of its own, over HTTP/1.1 (see `CurlOptions`).
///
/// ```
/// send ──► CurlMailbox ──► CurlLoop (the thread) ──► CurlTransfer ──► libcurl
///   ◄──────────── continuation ◄────────┘
/// ```
/// A request is put on the wire at most once (see `CurlTransfer`), redirects are not followed, certificates are
/// verified, and the proxy variables of the environment are not read: what the configuration does not say does not
/// happen. While no request is under way the thread sleeps without a time limit.
package final class CurlTransport: Transport {
    private let mailbox: CurlMailbox

    /// `curl_global_init` wants to run once, before anything else of libcurl.
    private static let globalInit = dripd_global_init()

    /// - Parameter userAgent: the `User-Agent` of every request, `dripd/VERSION`.
    /// - Throws: `TransportError` of kind `internal`: libcurl could not be set up.
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
        if let flaw = request.flaw {
            throw TransportError(arrival: .certainlyNot, kind: .invalidRequest, message: flaw)
        }
        let result = await withCheckedContinuation { continuation in
            mailbox.submit(CurlSubmission(request: request, continuation: continuation))
        }
        return try result.get()
    }

    /// Refuses new requests from now on, and returns when those under way are answered and all connections are closed.
    package func shutdown() async {
        mailbox.close()
        await mailbox.ended()
    }
}
