import DripCore

/// What the readers of a step have to know of the rest of the file.
struct StepContext {
    let source: SourceText
    /// What media's paths are relative to; nil: the disk is not looked at.
    let mediaFolder: String?
    /// The file's sequence, where it is known.
    let sequence: String?
    let again: Again
    let purpose: Purpose
}
