import DripCore

/// The entries of `steps:`, one after the other: each is also held against those before it.
struct StepReader {
    private(set) var report: FileReport
    private let source: SourceText
    private var lines: [String: Int] = [:]
    private var offsets: [Span: String] = [:]

    /// Keys of which a step has one at least; some come later, and a step that has one of those is not empty.
    private static let contents = ["text", "images", "video", "file", "buttons", "audio", "variants", "outside_window"]

    init(source: SourceText, report: FileReport) {
        self.source = source
        self.report = report
    }

    /// nil when the step has errors.
    mutating func read(_ node: YAMLNode) -> PlacedStep? {
        guard let fields = Fields(node, SequenceSchema.step, report: &report) else { return nil }
        let id = readIdentity(fields)
        let after = readOffset(fields, id: id)
        let buttons = readButtons(fields)
        let text = readText(fields, hasButtons: fields["buttons"] != nil)
        let images = readImages(fields)
        let video = report.value(fields, "video", WebAddress.parseMedia)
        let file = report.value(fields, "file", WebAddress.parseMedia)
        if !Self.contents.contains(where: fields.has) {
            report.error("this step sends nothing: give it a text, images, a video or a file", at: node.place)
        }
        guard let id, let after else { return nil }
        let step = Step(
            id: id,
            after: after,
            text: text,
            images: images,
            video: video,
            file: file,
            buttons: buttons
        )
        return PlacedStep(step: step, afterPlace: fields.place(of: "after"))
    }

    private mutating func readIdentity(_ fields: Fields) -> String? {
        guard let place = fields["step"]?.place, let id = report.value(fields, "step", IdentityText.parse) else {
            return nil
        }
        if let line = lines[id] {
            report.error("step '\(id)' stands here a second time; the first is on line \(line)", at: place)
            return nil
        }
        lines[id] = place.line
        return id
    }

    private mutating func readOffset(_ fields: Fields, id: String?) -> Offset? {
        guard let place = fields["after"]?.place, let after = report.value(fields, "after", OffsetText.parse) else {
            return nil
        }
        if let other = offsets[after.nominal] {
            report.error(
                "'\(after)' is as long after the start as step '\(other)': two steps cannot be due at once",
                at: place
            )
            return nil
        }
        offsets[after.nominal] = id ?? "\(after)"
        return after
    }

    private mutating func readText(_ fields: Fields, hasButtons: Bool) -> TextTemplate? {
        guard let node = fields["text"], let scalar = report.scalar(fields, "text") else { return nil }
        let reader = TextReader(scalar, at: node.place, in: source)
        return reader.read(hasButtons: hasButtons, report: &report)
    }

    private mutating func readImages(_ fields: Fields) -> [String] {
        guard let entries = report.list(fields, "images") else { return [] }
        if entries.count > MessengerLimits.images {
            report.error(
                "\(entries.count) images: Messenger takes \(MessengerLimits.images) in a message",
                at: entries[MessengerLimits.images].place
            )
        }
        return entries.compactMap { entry in
            guard let text = report.text(entry, as: "an image") else { return nil }
            return report.value(text, at: entry.place, WebAddress.parseMedia)
        }
    }

    private mutating func readButtons(_ fields: Fields) -> [Button] {
        guard let entries = report.list(fields, "buttons") else { return [] }
        if !fields.has("text"), !fields.has("variants") {
            report.error("buttons stand below a text, and this step has none", at: fields.place(of: "buttons"))
        }
        if entries.count > MessengerLimits.buttons {
            report.error(
                "\(entries.count) buttons: Messenger takes \(MessengerLimits.buttons) below a text",
                at: entries[MessengerLimits.buttons].place
            )
        }
        return entries.compactMap { readButton($0) }
    }

    private mutating func readButton(_ node: YAMLNode) -> Button? {
        guard let fields = Fields(node, SequenceSchema.button, report: &report) else { return nil }
        let title = report.value(fields, "title") { (text) throws(Fault) -> String in
            guard !text.contains("{{") else { throw Fault("variables and word lists work only in 'text'") }
            let limit = MessengerLimits.buttonTitleCharacters
            let count = text.unicodeScalars.count
            guard count <= limit else {
                throw Fault("the title has \(count) characters: Messenger takes \(limit) on a button")
            }
            return text
        }
        if !(["url"] + SequenceSchema.button.later).contains(where: fields.has) {
            report.error("a button needs 'url'", at: fields.place)
        }
        let url = report.value(fields, "url", WebAddress.parse)
        guard let title, let url else { return nil }
        return Button(title: title, url: url)
    }
}
