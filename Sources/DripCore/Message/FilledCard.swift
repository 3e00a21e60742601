/// A card with the words for one person.
package struct FilledCard: Hashable, Sendable {
    package let title: String
    package let subtitle: String?
    package let image: String?
    package let url: String?
    package let buttons: [Button]

    package init(title: String, subtitle: String?, image: String?, url: String?, buttons: [Button]) {
        self.title = title
        self.subtitle = subtitle
        self.image = image
        self.url = url
        self.buttons = buttons
    }

    /// Why the platform would refuse it; nil if it would not.
    var flaw: String? {
        if title.isEmpty { return "a card's title is empty for this person" }
        for (name, text, limit) in [
            ("title", title, MessengerLimits.cardTitleCharacters),
            ("subtitle", subtitle ?? "", MessengerLimits.cardSubtitleCharacters),
        ] {
            let count = text.unicodeScalars.count
            if count > limit { return "a card's \(name) has \(count) characters for this person, over \(limit)" }
        }
        return nil
    }

    /// All that the person sees of it, and what a tap does, as a list of texts.
    var pieces: [String] {
        ["card", title, subtitle ?? "", image ?? "", url ?? ""] + buttons.flatMap(\.pieces)
    }
}
