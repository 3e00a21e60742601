import Channels

extension World {
    /// A request of an errand on its way.
    final class Question {
        let errand: Errand
        let request: HTTPRequest
        let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
        var answer: Result<HTTPResponse, TransportError>?

        init(
            _ errand: Errand,
            _ request: HTTPRequest,
            _ continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
        ) {
            self.errand = errand
            self.request = request
            self.continuation = continuation
        }
    }
}
