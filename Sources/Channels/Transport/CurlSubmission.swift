/// A request on its way to the loop, and whoever waits for the outcome.
struct CurlSubmission: Sendable {
    let request: HTTPRequest
    let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

    func refuse(_ kind: TransportError.Kind, _ message: String) {
        continuation.resume(
            returning: .failure(TransportError(arrival: .certainlyNot, kind: kind, message: message))
        )
    }
}
