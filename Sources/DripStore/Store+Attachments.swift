package import DripCore
import GRDB

extension Store {
    /// What a page calls a file; nil where it has to be uploaded.
    package func attachment(of upload: Upload, now: Instant) async throws -> String? {
        try await read { try $0.attachment(of: upload, now: now) }
    }

    /// Keeps what a page calls a file from now on, and makes those due that wait for one.
    package func keep(_ attachment: String, of upload: Upload, now: Instant) async throws {
        try await write { db in
            try db.run(
                """
                INSERT INTO attachment (lane, hash, kind, name, id, uploaded_at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (lane, hash, kind, name)
                DO UPDATE SET id = excluded.id, uploaded_at = excluded.uploaded_at
                """,
                [upload.lane, upload.file.hash, upload.kind.rawValue, upload.file.name, attachment, now]
            )
            try db.run("DELETE FROM attachment WHERE uploaded_at <= ?", [now - AttachmentAge.longest])
            try db.run(Self.dueForMedia, [now, upload.lane, now + AttachmentAge.look])
        }
    }

    static let dueForMedia = """
        UPDATE job SET due = ? WHERE lane = ? AND claimed_at IS NULL AND due <= ? AND waiting_for = 'media'
        """
}

enum AttachmentAge {
    /// The platform forgets what it calls a file after 90 days (Messenger Platform, "Saving assets").
    static let longest = Span.days(90)
    /// After so long it is uploaded anew.
    static let renewal = Span.days(80)
    /// How long a job waits until somebody asks once more for what it lacks.
    static let look = Span.minutes(1)
}

extension Database {
    func attachment(of upload: Upload, now: Instant) throws -> String? {
        try row(
            "SELECT id FROM attachment WHERE lane = ? AND hash = ? AND kind = ? AND name = ? AND uploaded_at > ?",
            [
                upload.lane, upload.file.hash, upload.kind.rawValue, upload.file.name, now - AttachmentAge.renewal,
            ]
        )?["id"]
    }

    /// The same message with what the page calls each of its files, and the files that the page does not have. Those of the
    /// parts behind it count, too: a text that announces a picture does not go out without it.
    func attach(_ dispatch: Dispatch, to person: Person, now: Instant) throws -> (Dispatch, missing: [Upload]) {
        var missing: [Upload] = []
        func attach(_ part: MessagePart) throws -> MessagePart {
            try part.attaching { kind, file in
                let upload = Upload(lane: person.lane, page: person.page, kind: kind, file: file)
                let attachment = try attachment(of: upload, now: now)
                if attachment == nil { missing.append(upload) }
                return attachment
            }
        }
        var dispatch = dispatch
        dispatch.message = try attach(dispatch.message)
        for part in dispatch.following { _ = try attach(part) }
        return (dispatch, missing)
    }

    func wait(_ job: Job, for missing: [Upload], now: Instant) throws {
        let error = "to be uploaded first: \(missing.map(\.file.path).joined(separator: ", "))"
        try run(
            "UPDATE job SET due = ?, waiting_for = 'media', error = ? WHERE enrollment = ?",
            [now + AttachmentAge.look, error, job.enrollment.id]
        )
    }

    /// A page has forgotten these: they are uploaded anew when a message wants them.
    func forgetAttachments(_ attachments: [String], lane: LaneID) throws {
        for attachment in attachments {
            try run("DELETE FROM attachment WHERE lane = ? AND id = ?", [lane, attachment])
        }
    }
}
