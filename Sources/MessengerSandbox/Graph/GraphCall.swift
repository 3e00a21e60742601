/// A call of the Graph API as it came in, not yet looked at.
struct GraphCall: Sendable {
    enum Method: Sendable {
        case get
        case post
        case delete
    }

    var method = Method.post
    /// The first path component, such as `v25.0`.
    var version = "v25.0"
    /// The second path component: an object's id, `me`, or the name of what has none.
    var object: String
    /// The third path component, such as `messages`.
    var edge: String?
    /// What stands behind the `?`, as it came.
    var query = ""
    var authorization: String?
    var contentType: String?
    var body: [UInt8] = []
}
