/// How far a request has got on its way out; decides what `TransportError.Arrival` says.
struct CurlProgress {
    private let method: HTTPRequest.Method
    private let bodyCount: Int
    /// How many bytes of the body libcurl has taken, to write them now or later.
    private var bodyTaken = 0
    /// How often libcurl had a connection to put this request on.
    private var attempts = 0

    init(method: HTTPRequest.Method = .get, bodyCount: Int = 0) {
        self.method = method
        self.bodyCount = bodyCount
    }

    /// The request stood on a connection.
    var hadConnection: Bool { attempts > 0 }

    /// The server may have all of it.
    var mayHaveLeft: Bool {
        bodyCount == 0 ? attempts > 0 : bodyTaken == bodyCount
    }

    /// libcurl has a connection and is about to write the request's header to it.
    mutating func mayBegin() -> Bool {
        attempts += 1
        switch method {
        case .get: return true
        case .post: return attempts == 1 || (bodyCount > 0 && bodyTaken == 0)
        }
    }

    /// The next part of the body; empty at its end.
    mutating func takeBody(atMost capacity: Int) -> Range<Int> {
        let start = bodyTaken
        bodyTaken = min(bodyTaken + capacity, bodyCount)
        return start..<bodyTaken
    }
}
