package import DripCore
import GRDB

extension Store {
    /// Returns the page's attachment id of a file; nil if the file has to be uploaded.
    package func attachment(of upload: Upload, now: Instant) async throws -> String? {
        try await read { try $0.attachment(of: upload, now: now) }
    }

    /// Saves the page's attachment id of a file, and makes the jobs due that wait for an upload.
    package func saveAttachment(_ attachment: String, of upload: Upload, now: Instant) async throws {
        try await write { db in
            try db.run(
                """
                INSERT INTO attachment (account, hash, kind, name, id, uploaded_at) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (account, hash, kind, name)
                DO UPDATE SET id = excluded.id, uploaded_at = excluded.uploaded_at
                """,
                [upload.account, upload.file.hash, upload.kind.rawValue, upload.file.name, attachment, now]
            )
            try db.run("DELETE FROM attachment WHERE uploaded_at <= ?", [now - AttachmentAge.longest])
            try db.run(Self.dueForMedia, [now, upload.account, now + AttachmentAge.look])
        }
    }

    static let dueForMedia = """
        UPDATE job SET due = ? WHERE account = ? AND claimed_at IS NULL AND due <= ? AND waiting_for = 'media'
        """
}

enum AttachmentAge {
    /// The platform forgets attachment ids after 90 days (Messenger Platform, "Saving assets").
    static let longest = Milliseconds.days(90)
    /// The age at which a file is uploaded again.
    static let renewal = Milliseconds.days(80)
    /// How long a job waits before it requests a missing upload again.
    static let look = Milliseconds.minutes(1)
}

extension Database {
    func attachment(of upload: Upload, now: Instant) throws -> String? {
        try row(
            "SELECT id FROM attachment WHERE account = ? AND hash = ? AND kind = ? AND name = ? AND uploaded_at > ?",
            [
                upload.account, upload.file.hash, upload.kind.rawValue, upload.file.name, now - AttachmentAge.renewal,
            ]
        )?["id"]
    }

    /// Returns the message with the page's attachment ids, and the files that have to be uploaded. Files of later parts
    /// count, too: a text that announces a picture must not be sent without it.
    func attach(_ dispatch: Dispatch, to person: Person, now: Instant) throws -> (Dispatch, missing: [Upload]) {
        var missing: [Upload] = []
        func attach(_ part: MessagePart) throws -> MessagePart {
            try part.attaching { kind, file in
                let upload = Upload(
                    account: person.address.account.id,
                    page: person.address.account.externalID,
                    kind: kind,
                    file: file
                )
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

    /// Removes attachment ids that the page has forgotten. The files are uploaded again when a message needs them.
    func forgetAttachments(_ attachments: [String], account: AccountID) throws {
        for attachment in attachments {
            try run("DELETE FROM attachment WHERE account = ? AND id = ?", [account, attachment])
        }
    }
}

extension Database {
    func set(subscriptions: [Subscription], of address: AddressID) throws {
        try run(
            "UPDATE address SET subscriptions = ? WHERE id = ?",
            [subscriptions.isEmpty ? nil : try JSONColumn.text(subscriptions), address]
        )
    }

    private func subscriptions(of address: AddressID) throws -> [Subscription] {
        let row = try row("SELECT subscriptions FROM address WHERE id = ?", [address])
        return try JSONColumn.read(row?["subscriptions"], or: [])
    }

    /// Marks a subscription as used, in the transaction that claims its message. It stays used whatever becomes of the
    /// message, so no other message may count on it.
    /// - Returns: false if the subscription has changed since the decision.
    func use(_ subscription: Subscription, of address: AddressID, campaign: String?, now: Instant) throws -> Bool {
        var all = try subscriptions(of: address)
        guard let index = all.firstIndex(of: subscription) else { return false }
        all[index].usedAt = now
        all[index].usedBy = campaign
        try set(subscriptions: all, of: address)
        return true
    }

    /// Marks a subscription as unused, if its message certainly did not arrive.
    func giveBack(_ subscription: Subscription, to address: AddressID) throws {
        var all = try subscriptions(of: address)
        guard let index = all.firstIndex(where: { $0.token == subscription.token }) else { return }
        all[index] = subscription
        try set(subscriptions: all, of: address)
    }
}
