/// Saved and uploaded media: https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api
///
/// The sandbox fetches nothing: whether a URL can be fetched, what is behind it and how large that is (images 8 MB, all
/// else 25 MB on the platform) it does not see. A fault with code 100 and subcode 2018008 or 2018109 plays that part.
extension Platform {
    /// `POST /{PAGE_ID}/message_attachments`.
    mutating func saveAttachment(_ parameters: GraphParameters, now: Int64) throws(GraphError) -> JSON {
        let media = try MediaReference(
            parameters.fields["message"]?["attachment"],
            file: parameters.file,
            at: "message[attachment]"
        )
        if case .saved = media.source {
            throw .parameter("Param message[attachment][payload][url] or filedata is required")
        }
        return ["attachment_id": .string(try save(media, now: now).id)]
    }

    /// Looks up what a message names, and saves what is to be saved.
    ///
    /// - Returns: what the person gets, and the id of what the message saved.
    mutating func attach(
        _ media: [MediaReference],
        now: Int64
    ) throws(GraphError) -> (attachments: [Attachment], savedID: String?) {
        var attachments: [Attachment] = []
        var savedID: String?
        for media in media {
            switch media.source {
            case .url(let url) where !media.isReusable: attachments.append(Attachment(kind: media.kind, url: url))
            default:
                let saved = try save(media, now: now)
                attachments.append(Attachment(kind: media.kind, url: saved.url))
                if media.isReusable { savedID = saved.id }
            }
        }
        return (attachments, savedID)
    }

    /// What is saved already, it finds.
    private mutating func save(_ media: MediaReference, now: Int64) throws(GraphError) -> SavedAttachment {
        let attachment: SavedAttachment
        switch media.source {
        case .saved(let id):
            guard let saved = attachments[id], now < saved.at + SavedAttachment.lifetimeMilliseconds else {
                throw .unknownAttachment
            }
            guard saved.kind == media.kind else { throw .attachmentMismatch }
            return saved
        case .url(let url):
            attachment = SavedAttachment(id: identifiers.objectID(), kind: media.kind, url: url, at: now)
        case .file(let file):
            let id = identifiers.objectID()
            attachment = SavedAttachment(
                id: id,
                kind: media.kind,
                url: "\(baseURL)/sandbox/files/\(id)",
                at: now,
                file: file
            )
        }
        attachments.append(attachment)
        return attachment
    }
}
