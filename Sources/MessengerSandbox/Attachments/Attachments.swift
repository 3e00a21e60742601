/// What was saved and uploaded. When there is too much, the oldest goes.
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
