/// A call of the Send API as it came in, not yet looked at.
struct SendCall: Sendable {
    /// The first path component, such as `v25.0`.
    var version: String
    /// The second path component: the page's id or `me`.
    var page: String
    /// `access_token` of the query.
    var queryToken: String?
    var authorization: String?
    var contentType: String?
    var body: [UInt8]
}
