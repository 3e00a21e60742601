/// What a page says of a file that it was given.
package enum UploadAnswer: Hashable, Sendable {
    /// What the page calls it from now on.
    case uploaded(attachment: String)
    /// It is not there, for this reason. To give it once more does no harm: nothing of it reaches anybody.
    case failed(why: String)
}
