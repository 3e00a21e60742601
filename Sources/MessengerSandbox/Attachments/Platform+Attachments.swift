/// Saved and uploaded media: https://developers.facebook.com/docs/messenger-platform/reference/attachment-upload-api
///
/// The sandbox fetches no URL. It cannot check whether the file exists, or its type and size (on the platform at most 8 MB
/// for images and 25 MB for other files). To simulate those errors, inject code 100 with subcode 2018008 or 2018109.
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

    /// Looks up a message's media and saves those that are reusable or uploaded.
    ///
    /// - Returns: the person's attachments, and the id of the attachment that the message saved.
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

    /// Saves media, or finds it if it is already saved.
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
