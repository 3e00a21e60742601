/// What the Messenger Platform takes, at most: it refuses a message over one of these with error 100, so `dripd check`
/// refuses the file first. Source: Send API reference, "Message", "Button template" and "Send messages" pages.
/// They say "characters" and not of which kind; Unicode scalars are counted, the larger number where the two differ.
package enum MessengerLimits {
    /// "Must be UTF-8 and less than 2000 characters."
    package static let textCharacters = 1999
    /// A text with buttons is a button template.
    package static let textWithButtonsCharacters = 640
    package static let buttons = 3
    package static let buttonTitleCharacters = 20
    package static let images = 30
    /// `message.metadata`: less than 1000 characters.
    package static let metadataCharacters = 999
}
