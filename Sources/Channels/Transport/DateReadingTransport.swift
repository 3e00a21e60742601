import CCurl
import Foundation

/// Tells the `Date` of every answer (RFC 9110, section 6.6.1): what time it is at the platform.
package struct DateReadingTransport: Transport {
    private let base: any Transport
    private let tell: @Sendable (_ secondsSince1970: Int64) -> Void

    package init(_ base: any Transport, tell: @escaping @Sendable (_ secondsSince1970: Int64) -> Void) {
        self.base = base
        self.tell = tell
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let response = try await base.send(request)
        // An answer out of a cache tells when that was filled.
        if response.headers["Age"] == nil, let date = response.headers["Date"].map({ curl_getdate($0, nil) }), date > 0
        {
            tell(Int64(date))
        }
        return response
    }
}
