/// One step of a sequence: what is sent, how long after the start.
package struct Step: Hashable, Sendable {
    /// Identity within the sequence: the ledger holds a person to it, so a renamed step is another step.
    package let id: String
    package let after: Offset
    /// The local time of that day, in minutes since midnight; nil: the anchor's own. Only with an offset in days or more.
    package let at: Int?
    /// How much earlier than due it may go out where it would else miss the standard window.
    package let pullIntoWindow: Span?
    package let outsideWindow: [OutsideWindow]
    package let onlyIf: Condition?
    /// For how long the person sees that the page writes, before the step's first message.
    package let typing: Span
    /// Under whose name and picture it stands, as the platform numbers its personas; nil: the page's.
    package let persona: String?
    /// Empty: the step has no text.
    package let variants: [Variant]
    package let images: [Media]
    package let video: Media?
    package let audio: Media?
    package let file: Media?
    package let cards: [Card]
    package let buttons: [Button]
    package let quickReplies: [QuickReply]

    package init(
        id: String,
        after: Offset,
        at: Int? = nil,
        pullIntoWindow: Span? = nil,
        outsideWindow: [OutsideWindow] = [],
        onlyIf: Condition? = nil,
        typing: Span = .zero,
        persona: String? = nil,
        variants: [Variant] = [],
        images: [Media] = [],
        video: Media? = nil,
        audio: Media? = nil,
        file: Media? = nil,
        cards: [Card] = [],
        buttons: [Button] = [],
        quickReplies: [QuickReply] = []
    ) {
        self.id = id
        self.after = after
        self.at = at
        self.pullIntoWindow = pullIntoWindow
        self.outsideWindow = outsideWindow
        self.onlyIf = onlyIf
        self.typing = typing
        self.persona = persona
        self.variants = variants
        self.images = images
        self.video = video
        self.audio = audio
        self.file = file
        self.cards = cards
        self.buttons = buttons
        self.quickReplies = quickReplies
    }

    /// By which steps are put in order, and by which an enrollment remembers how far it has come. The time of day of `at`
    /// counts as so much after its day has begun, so that two steps of one day have an order.
    package var position: Span {
        Span(milliseconds: after.nominal.milliseconds + Int64(at ?? 0) * 60_000)
    }

    /// The variant that a person sees: always the same one, in every round.
    package func variant(seed: UInt64) -> (index: Int, text: TextTemplate)? {
        let total = variants.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        var rest = Seed.pick(from: total, seed: seed, index: 0)
        for (index, variant) in variants.enumerated() {
            if rest < variant.weight { return (index, variant.text) }
            rest -= variant.weight
        }
        return nil
    }
}
