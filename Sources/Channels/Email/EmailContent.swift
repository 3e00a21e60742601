import DripCore
import Foundation

/// What a step says by e-mail, as text and as HTML, with what the law and the large providers ask for around it.
struct EmailContent {
    let content: ChannelMessage
    let account: EmailAccount
    let recipient: EmailAddress
    /// The links to stop and to choose; nil if there are no public pages.
    let links: (unsubscribe: String, preferences: String)?

    func message(id: String, at now: Instant, zone: TimeZone) -> MailMessage {
        let subject = content.fields["subject"] ?? ""
        // A person's attributes may have line breaks of any kind.
        let text = (content.fields[ContentField.text] ?? "").withLineFeeds
        return MailMessage(
            from: account.from,
            to: Mailbox(name: nil, address: recipient),
            subject: content.purpose == .promotion && !account.label.isEmpty ? "\(account.label) \(subject)" : subject,
            date: now,
            zone: zone,
            messageID: id,
            fields: fields,
            text: plain(text),
            html: html(text)
        )
    }

    /// RFC 8058 asks for both unsubscribe fields, and RFC 3834 for the mark of a mail that nobody typed.
    private var fields: [MailMessage.Field] {
        var fields = [MailMessage.Field("Auto-Submitted", "auto-generated")]
        if let links {
            fields.append(MailMessage.Field("List-Unsubscribe", "<\(links.unsubscribe)>"))
            fields.append(MailMessage.Field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        }
        fields.append(MailMessage.Field("List-Id", "<\(content.purpose.rawValue).\(account.from.address.domain)>"))
        fields.append(
            MailMessage.Field("Feedback-ID", "\(content.purpose.rawValue):dripd:\(account.from.address.domain)")
        )
        return fields
    }

    private var stop: String { account.language == "en" ? "Stop these e-mails" : "Ngừng nhận thư này" }
    private var choose: String { account.language == "en" ? "Choose what you get" : "Chọn tin muốn nhận" }

    private var buttons: [(title: String, target: String)] {
        content.buttons.compactMap { button in
            switch button.action {
            case .url(let url): (button.title, url)
            case .phone(let number): (button.title, "tel:\(number)")
            // What only a conversation can take.
            case .postback, .tap: nil
            }
        }
    }

    private func plain(_ text: String) -> String {
        var parts = [text] + buttons.map { "\($0.title): \($0.target)" }
        var end: [String] = []
        if let identity = account.identity { end.append(identity) }
        if let links { end += ["\(stop): \(links.unsubscribe)", "\(choose): \(links.preferences)"] }
        if !end.isEmpty { parts.append("-- \n" + end.joined(separator: "\n")) }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func html(_ text: String) -> String {
        let paragraphs = text.split(separator: "\n\n").map { paragraph in
            "<p>\(String(paragraph).escapedForMarkup.replacing("\n", with: "<br>\n"))</p>"
        }
        let links = buttons.map { button in
            """
            <p><a href="\(button.target.escapedForMarkup)" style="display:inline-block;padding:12px 20px;border-radius:6px;\
            background:#1a56db;color:#ffffff;text-decoration:none">\(button.title.escapedForMarkup)</a></p>
            """
        }
        var end: [String] = []
        if let identity = account.identity {
            end.append(identity.withLineFeeds.escapedForMarkup.replacing("\n", with: "<br>\n"))
        }
        if let links = self.links {
            end.append(
                """
                <a href="\(links.unsubscribe.escapedForMarkup)">\(stop)</a> · <a href="\(links.preferences.escapedForMarkup)">\(choose)</a>
                """
            )
        }
        let foot =
            end.isEmpty
            ? ""
            : "<p style=\"font-size:13px;color:#5c6370;border-top:1px solid #e2e5ea;padding-top:12px\">\(end.joined(separator: "<br>\n"))</p>\n"
        return """
            <!DOCTYPE html>
            <html lang="\(account.language)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
            <body style="margin:0;padding:16px;font-family:sans-serif;font-size:16px;line-height:1.5;color:#1f2430">
            <div style="max-width:600px;margin:0 auto">
            \((paragraphs + links).joined(separator: "\n"))
            \(foot)</div>
            </body>
            </html>

            """
    }
}

extension String {
    /// The text with a line feed for each line break: CRLF, CR or LF.
    ///
    /// It goes by bytes: CRLF is one `Character`, and one that a replacement makes would be overlooked.
    fileprivate var withLineFeeds: String {
        var bytes: [UInt8] = []
        var last: UInt8 = 0
        for byte in utf8 {
            if byte != 0x0a || last != 0x0d { bytes.append(byte == 0x0d ? 0x0a : byte) }
            last = byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
