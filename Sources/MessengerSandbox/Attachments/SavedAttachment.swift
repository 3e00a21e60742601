/// What the platform keeps under an attachment id.
/// https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api
struct SavedAttachment: Sendable {
    /// "The attachment_id expires after 90 days" (same source).
    static let lifetimeMilliseconds: Int64 = 90 * 24 * 60 * 60 * 1000

    let id: String
    let kind: Attachment.Kind
    let url: String
    /// Milliseconds since 1970.
    let at: Int64
    /// Nil: known by its URL only, which the sandbox does not fetch.
    var file: UploadedFile?
}
