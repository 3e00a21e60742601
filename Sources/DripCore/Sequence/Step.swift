/// One step of a sequence: what is sent, how long after the start.
package struct Step: Hashable, Sendable {
    /// Identity within the sequence: the ledger holds a person to it, so a renamed step is another step.
    package let id: String
    package let after: Offset
    package let text: TextTemplate?
    package let images: [String]
    package let video: String?
    package let file: String?
    package let buttons: [Button]

    package init(
        id: String,
        after: Offset,
        text: TextTemplate?,
        images: [String],
        video: String?,
        file: String?,
        buttons: [Button]
    ) {
        self.id = id
        self.after = after
        self.text = text
        self.images = images
        self.video = video
        self.file = file
        self.buttons = buttons
    }
}
