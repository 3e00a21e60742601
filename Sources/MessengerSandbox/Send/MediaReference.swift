/// Media as a message names it, before the platform has looked it up.
struct MediaReference: Sendable, Equatable {
    enum Source: Sendable, Equatable {
        case url(String)
        /// An attachment id.
        case saved(String)
        /// The file that came with the call.
        case file(UploadedFile)
    }

    let kind: Attachment.Kind
    let source: Source
    /// The answer is to name an id under which it can be sent again.
    let isReusable: Bool

    /// - Parameters:
    ///   - attachment: such as `{"type":"image","payload":{"url":"…"}}`.
    ///   - place: what it is called in errors.
    init(_ attachment: JSON?, file: UploadedFile?, at place: String) throws(GraphError) {
        guard let kind = attachment?["type"]?.string.flatMap(Attachment.Kind.init) else {
            throw .parameter("Param \(place)[type] must be one of {image, audio, video, file, template}")
        }
        let payload = attachment?["payload"]
        self.kind = kind
        // A form that is not JSON has the word.
        isReusable = payload?["is_reusable"] == true || payload?["is_reusable"] == "true"
        switch (payload?["url"], payload?["attachment_id"], file) {
        case (let url, nil, nil): source = .url(try MessageValidation.webURL(url, of: place + "[payload][url]"))
        case (nil, let id?, nil):
            guard let id = id.string ?? id.integer.map({ String($0) }) else {
                throw .parameter("Param \(place)[payload][attachment_id] must be a string")
            }
            source = .saved(id)
        case (nil, nil, let file?):
            guard file.bytes.count <= UploadedFile.byteLimit else { throw .attachmentTooLarge }
            guard kind == .file || file.mediaType.hasPrefix(kind.rawValue + "/") else { throw .attachmentMismatch }
            source = .file(file)
        default:
            throw .parameter(
                "Param \(place) must have exactly one of payload[url], payload[attachment_id] and filedata"
            )
        }
    }
}
