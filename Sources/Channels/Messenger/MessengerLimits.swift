package import DripCore

/// The limits of the Messenger Platform. It refuses a message over one of these with error 100, so `dripd check`
/// refuses the file first. Source: Send API reference, "Message", "Button template", "Generic template", "Quick
/// Replies" and "Send messages" pages.
///
/// They say "characters" without saying which kind. dripd counts Unicode scalars, the larger number if the two differ.
package enum MessengerLimits {
    /// "Must be UTF-8 and less than 2000 characters."
    package static let textCharacters = 1999
    /// A text with buttons is a button template.
    package static let textWithButtonsCharacters = 640
    package static let buttons = 3
    package static let buttonTitleCharacters = 20
    package static let quickReplies = 13
    package static let quickReplyTitleCharacters = 20
    /// The payload of a button or a quick reply, which comes back with a tap on it.
    package static let payloadCharacters = 1000
    package static let images = 30
    package static let cards = 10
    /// The time after which the platform is said to remove the typing indicator. Its documents do not tell.
    package static let typing = Milliseconds.seconds(20)
    package static let cardTitleCharacters = 80
    package static let cardSubtitleCharacters = 80
    /// "Up to 25 MB in size": the smaller of the two megabytes ("Saving assets").
    package static let uploadBytes = 25_000_000
    /// `message.metadata`: less than 1000 characters.
    package static let metadataCharacters = 999

    /// Above this rate the platform freezes the page's inbox. Source of these four: "Rate Limiting", Messenger
    /// Platform.
    package static let messagesPerSecond = 40
    /// "Audio or video content".
    package static let mediaPerSecond = 10
    package static let privateRepliesPerHour = 750
    /// Of the Conversations API.
    package static let conversationCallsPerSecond = 2
}
