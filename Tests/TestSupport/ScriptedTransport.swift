package import Channels
import Synchronization

/// A transport with prepared answers, one per request.
package final class ScriptedTransport: Transport {
    private struct State {
        var requests: [HTTPRequest] = []
        var answers: [Result<HTTPResponse, TransportError>]
    }

    private let state: Mutex<State>

    package init(_ answers: Result<HTTPResponse, TransportError>...) {
        state = Mutex(State(answers: answers))
    }

    package var requests: [HTTPRequest] { state.withLock { $0.requests } }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer: Result<HTTPResponse, TransportError>? = state.withLock { state in
            state.requests.append(request)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { preconditionFailure("the test has no answer for this request") }
        return try answer.get()
    }
}

extension HTTPResponse {
    package static func json(_ status: Int, _ body: String, headers: [HTTPHeader] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: HTTPResponseHeaders(headers), body: Array(body.utf8))
    }
}
