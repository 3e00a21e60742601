/// Carries one request to a server and brings its answer back: the seam between the channels and the network.
package protocol Transport: Sendable {
    /// Sends the request once and waits for the whole answer. Any status is an answer: 500 is not an error here.
    ///
    /// Cancelling the waiting task changes nothing: a request that was begun is seen to its end, because an outcome
    /// that nobody waited for is a message in doubt. The request's time limits bound the wait.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
