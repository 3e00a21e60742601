/// The saved and uploaded attachments. Above a limit, the oldest are dropped.
struct Attachments: Sendable {
    static let limit = 10_000
    static let byteLimit = 256 * 1024 * 1024

    private var byID: [String: SavedAttachment] = [:]
    /// Oldest first.
    private var ids: [String] = []
    private var bytes = 0

    subscript(_ id: String) -> SavedAttachment? { byID[id] }

    mutating func append(_ attachment: SavedAttachment) {
        byID[attachment.id] = attachment
        ids.append(attachment.id)
        bytes += attachment.file?.bytes.count ?? 0
        while ids.count > Self.limit || bytes > Self.byteLimit {
            let oldest = byID.removeValue(forKey: ids.removeFirst())
            bytes -= oldest?.file?.bytes.count ?? 0
        }
    }
}

/// An attachment that the platform stores under an id.
/// https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api
struct SavedAttachment: Sendable {
    /// "The attachment_id expires after 90 days" (same source).
    static let lifetimeMilliseconds: Int64 = 90 * 24 * 60 * 60 * 1000

    let id: String
    let kind: Attachment.Kind
    let url: String
    /// Milliseconds since 1970.
    let at: Int64
    /// Nil if only the URL is known; the sandbox does not fetch it.
    var file: UploadedFile?
}

/// A file that was uploaded with a call as `filedata`.
struct UploadedFile: Sendable, Equatable {
    /// 25 MB according to https://developers.facebook.com/docs/messenger-platform/reference/send-api; read as MiB here.
    static let byteLimit = 25 * 1024 * 1024

    let name: String
    let mediaType: String
    let bytes: [UInt8]
}
