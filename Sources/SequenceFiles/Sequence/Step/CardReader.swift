import DripCore

/// `cards:`, side by side.
enum CardReader {
    private static let contents = ["subtitle", "image", "url", "buttons"]

    static func read(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [Card] {
        guard let entries = report.list(fields, "cards") else { return [] }
        if entries.count > MessengerLimits.cards {
            report.error(
                "\(entries.count) cards: Messenger takes \(MessengerLimits.cards) in a message",
                at: entries[MessengerLimits.cards].place
            )
        }
        return entries.compactMap { entry in
            guard let fields = Fields(entry, StepSchema.card, report: &report) else { return nil }
            let title = text(fields, "title", MessengerLimits.cardTitleCharacters, context, &report)
            let subtitle = text(fields, "subtitle", MessengerLimits.cardSubtitleCharacters, context, &report)
            let image = report.value(fields, "image", image)
            let url = report.value(fields, "url", WebAddress.parse)
            let buttons = TapReader.readButtons(fields, context, on: "on a card", &report)
            if !contents.contains(where: fields.has) {
                report.error("a card has more than its title: write \(Words.either(contents))", at: entry.place)
            }
            return title.map { Card(title: $0, subtitle: subtitle, image: image, url: url, buttons: buttons) }
        }
    }

    private static func text(
        _ fields: Fields,
        _ key: String,
        _ limit: Int,
        _ context: StepContext,
        _ report: inout FileReport
    ) -> TextTemplate? {
        guard let node = fields[key], let scalar = report.scalar(fields, key) else { return nil }
        return TextReader(scalar, at: node.place, in: context.source)
            .read(limit: limit, of: "a card's \(key)", report: &report)
    }

    private static func image(_ text: String) throws(Fault) -> String {
        guard text.contains("://") else {
            throw Fault(
                "'\(text)' lies on the disk: on a card Messenger takes pictures by their https:// addresses only"
            )
        }
        return try WebAddress.parse(text)
    }
}
