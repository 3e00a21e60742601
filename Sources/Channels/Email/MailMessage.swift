import Crypto
package import DripCore
package import Foundation

/// A message in the form of RFC 5322 and RFC 2045: text, and the same as HTML.
package struct MailMessage: Hashable, Sendable {
    package let from: Mailbox
    package let to: Mailbox
    package let subject: String
    package let date: Instant
    package let zone: TimeZone
    /// With its angle brackets. The same for every attempt, so that a provider can recognise a repetition.
    package let messageID: String
    /// Further fields, in order. Their values are ASCII.
    package let fields: [Field]
    package let text: String
    package let html: String?

    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The reason why a message cannot be written.
    package struct Flaw: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package init(
        from: Mailbox,
        to: Mailbox,
        subject: String,
        date: Instant,
        zone: TimeZone,
        messageID: String,
        fields: [Field],
        text: String,
        html: String?
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.date = date
        self.zone = zone
        self.messageID = messageID
        self.fields = fields
        self.text = text
        self.html = html
    }

    /// Returns the message as it is sent, before it is signed.
    /// - Throws: `Flaw` if a header would contain a control character: it could begin another header.
    package func encoded() throws(Flaw) -> EncodedMail {
        let values = [from.name ?? "", to.name ?? "", subject, messageID] + fields.flatMap { [$0.name, $0.value] }
        guard values.allSatisfy({ !$0.unicodeScalars.contains { $0.properties.generalCategory == .control } }) else {
            throw Flaw(description: "a header of the mail would contain a line break or another control character")
        }
        guard fields.allSatisfy({ $0.value.utf8.allSatisfy { $0 < 0x80 } }) else {
            throw Flaw(description: "a header of the mail would contain a character outside ASCII")
        }
        var all = [
            Field("From", from.header), Field("To", to.header),
            Field("Subject", HeaderText.unstructured(subject, after: "Subject: ".count)),
            Field("Date", Self.date(date, zone)), Field("Message-ID", messageID), Field("MIME-Version", "1.0"),
        ]
        all += fields
        let text = part("text/plain", text)
        guard let html else {
            all += text.fields
            return EncodedMail(fields: all.map { HeaderText.field($0.name, $0.value) }, body: text.body)
        }
        // "=_" never occurs in quoted-printable.
        let boundary = "=_" + SHA256.hash(data: Data(messageID.utf8)).prefix(12).hexadecimal
        all.append(Field("Content-Type", "multipart/alternative; boundary=\"\(boundary)\""))
        var body: [UInt8] = []
        for part in [text, part("text/html", html)] {
            body += Array("--\(boundary)\r\n".utf8)
            for field in part.fields { body += Array(HeaderText.field(field.name, field.value).utf8) }
            body += [0x0d, 0x0a] + part.body
        }
        body += Array("--\(boundary)--\r\n".utf8)
        return EncodedMail(fields: all.map { HeaderText.field($0.name, $0.value) }, body: body)
    }

    private func part(_ type: String, _ content: String) -> (fields: [Field], body: [UInt8]) {
        (
            [Field("Content-Type", "\(type); charset=utf-8"), Field("Content-Transfer-Encoding", "quoted-printable")],
            QuotedPrintable.encode(content)
        )
    }

    /// Returns a date of RFC 5322, section 3.3.
    private static func date(_ instant: Instant, _ zone: TimeZone) -> String {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .defaultDigits) \(month: .abbreviated) \(year: .padded(4)) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) \
                \(timeZone: .iso8601(.short))
                """,
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: zone,
            calendar: Calendar(identifier: .gregorian)
        )
        return Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000).formatted(style)
    }
}

/// A message as bytes: the header fields, each with its line breaks, and the body.
package struct EncodedMail: Hashable, Sendable {
    package private(set) var fields: [String]
    package let body: [UInt8]

    package var bytes: [UInt8] { Array(fields.joined().utf8) + [0x0d, 0x0a] + body }

    /// Returns the mail with a field before the others.
    func adding(_ field: String) -> EncodedMail {
        var mail = self
        mail.fields.insert(field, at: 0)
        return mail
    }
}
