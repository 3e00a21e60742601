/// The variables of texts that are links to dripd's own pages, for the person who gets the text.
package enum LinkVariable {
    /// The page on which the person subscribes to notifications.
    package static let push = "push_link"
    /// The page on which the person chooses what they get.
    package static let preferences = "preferences_link"

    package static let all = [push, preferences]
}
