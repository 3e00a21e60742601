/// One of the cards that a step sends side by side. Source: "Generic template".
package struct Card: Hashable, Sendable {
    package let title: TextTemplate
    package let subtitle: TextTemplate?
    /// An address: the platform takes no uploaded picture here.
    package let image: String?
    /// Opened by a tap on the card itself.
    package let url: String?
    package let buttons: [Button]

    package init(
        title: TextTemplate,
        subtitle: TextTemplate? = nil,
        image: String? = nil,
        url: String? = nil,
        buttons: [Button] = []
    ) {
        self.title = title
        self.subtitle = subtitle
        self.image = image
        self.url = url
        self.buttons = buttons
    }
}

extension Card {
    package func filled(seed: UInt64, value: (String) -> String?) -> FilledCard {
        let subtitle = subtitle?.rendered(seed: seed, value: value) ?? ""
        return FilledCard(
            title: title.rendered(seed: seed, value: value),
            subtitle: subtitle.isEmpty ? nil : subtitle,
            image: image,
            url: url,
            buttons: buttons
        )
    }
}
