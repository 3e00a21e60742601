/// An error that the platform answers, whatever it was asked.
struct PlatformFault: Hashable, Sendable {
    let code: Int
    let subcode: Int?
    /// The platform has sent the message all the same.
    var isTaken = false

    /// One of each end that an error can have, as `ErrorTable` knows them.
    static let classes: [PlatformFault] = [
        // It may pass.
        PlatformFault(code: 1200, subcode: nil),
        PlatformFault(code: 2, subcode: nil),
        // It says that it failed, and is known to have sent the message.
        PlatformFault(code: 1, subcode: 1_357_046, isTaken: true),
        // Slow down.
        PlatformFault(code: 613, subcode: nil),
        // The window is closed.
        PlatformFault(code: 10, subcode: 2_018_278),
        // The person cannot be reached.
        PlatformFault(code: 551, subcode: 1_545_041),
        // This message never.
        PlatformFault(code: 100, subcode: 2_018_109),
        // Another app has the conversation.
        PlatformFault(code: 2_018_300, subcode: nil),
        // The page is restricted.
        PlatformFault(code: 368, subcode: nil),
        // The token, for as long as nobody acts.
        PlatformFault(code: 190, subcode: 463),
        // An app that may lack a right.
        PlatformFault(code: 1, subcode: 99),
    ]
}
