/// A complete answer.
package struct HTTPResponse: Sendable, Hashable {
    package var status: Int
    package var headers: HTTPResponseHeaders
    package var body: [UInt8]

    package init(status: Int, headers: HTTPResponseHeaders = HTTPResponseHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
