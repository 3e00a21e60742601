/// How far a request has got on its way out; decides what `TransportError.Arrival` says.
struct CurlProgress {
    private let method: HTTPRequest.Method
    /// How often libcurl had a connection to put this request on.
    private var attempts = 0

    init(method: HTTPRequest.Method = .get) {
        self.method = method
    }

    /// The request stood on a connection, so the server may have all of it.
    var hadConnection: Bool { attempts > 0 }

    /// libcurl has a connection and is about to write the request to it.
    mutating func mayBegin() -> Bool {
        attempts += 1
        return method == .get || attempts == 1
    }
}
