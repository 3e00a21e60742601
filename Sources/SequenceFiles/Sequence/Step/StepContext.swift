import DripCore

/// What the readers of a step have to know of the rest of the file.
struct StepContext {
    let source: SourceText
    let mediaFolder: MediaFolder
    /// The file's sequence, where it is known.
    let sequence: String?
    let again: Again
    let purpose: Purpose
    /// Of the steps that say nothing else.
    let typing: Span
    let persona: String?
}
