/// An error that the platform returns regardless of the request.
struct PlatformFault: Hashable, Sendable {
    let code: Int
    let subcode: Int?
    /// Whether the platform sends the message despite the error.
    var isTaken = false

    /// One error for each kind of handling in `ErrorTable`.
    static let classes: [PlatformFault] = [
        // A temporary error.
        PlatformFault(code: 1200, subcode: nil),
        PlatformFault(code: 2, subcode: nil),
        // The platform reports a failure, but is known to have sent the message.
        PlatformFault(code: 1, subcode: 1_357_046, isTaken: true),
        // The rate limit.
        PlatformFault(code: 613, subcode: nil),
        // The window is closed.
        PlatformFault(code: 10, subcode: 2_018_278),
        // The person cannot be reached.
        PlatformFault(code: 551, subcode: 1_545_041),
        // A permanent error of this message.
        PlatformFault(code: 100, subcode: 2_018_109),
        // Another app controls the conversation.
        PlatformFault(code: 2_018_300, subcode: nil),
        // The page is restricted.
        PlatformFault(code: 368, subcode: nil),
        // The token has expired, which needs an operator.
        PlatformFault(code: 190, subcode: 463),
        // The app may lack a permission.
        PlatformFault(code: 1, subcode: 99),
    ]
}
