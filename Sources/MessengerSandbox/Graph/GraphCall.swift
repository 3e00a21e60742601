import Foundation

/// A call of the Graph API, not validated yet.
struct GraphCall: Sendable {
    enum Method: Sendable {
        case get
        case post
        case delete
    }

    var method = Method.post
    /// The first path component, such as `v25.0`.
    var version = "v25.0"
    /// The second path component: an object's id, `me`, or the name of an endpoint such as `debug_token`.
    var object: String
    /// The third path component, such as `messages`.
    var edge: String?
    /// The raw query string, without the `?`.
    var query = ""
    var authorization: String?
    var contentType: String?
    var body: [UInt8] = []
}

/// The answer to a call of the Graph API.
struct GraphAnswer: Sendable {
    enum Handling: Sendable, Equatable {
        case answer
        /// Answer after a delay in real milliseconds.
        case answerLater(milliseconds: Int64)
        /// Close the connection without sending a byte.
        case close
    }

    var handling = Handling.answer
    var status = 200
    var headers: [(name: String, value: String)] = []
    let body: JSON
}

/// The time format of the Graph API, such as `2022-07-12T19:11:07+0000`.
enum GraphTime {
    /// - Parameter milliseconds: since 1970.
    static func text(_ milliseconds: Int64) -> String {
        let text = Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
        return String(text.dropLast()) + "+0000"
    }
}
