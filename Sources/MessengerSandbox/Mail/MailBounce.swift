import Crypto
import Foundation

/// A delivery status notification (RFC 3464): the mail that returns to the sender of a mail that did not arrive.
package struct MailBounce: Sendable, Equatable {
    package enum Action: String, Sendable, CaseIterable {
        /// The mail does not arrive.
        case failed
        /// The mail has arrived, but the sender hears that it is late.
        case delayed
    }

    package struct Reason: Sendable, Equatable {
        private static let diagnosticLimit = 500

        package let action: Action
        /// Such as `5.1.1` (RFC 3463).
        package let status: String
        /// The reply of the mail server that refused the mail, such as `550 5.1.1 User unknown`.
        package let diagnostic: String

        package init(action: Action = .failed, status: String, diagnostic: String? = nil) {
            self.action = action
            self.status = status
            let code = status.hasPrefix("4") ? 450 : 550
            self.diagnostic = diagnostic ?? "\(code) \(status) The mail cannot be delivered"
        }

        func validate() throws(ControlError) {
            guard status.wholeMatch(of: /[245]\.[0-9]{1,3}\.[0-9]{1,3}/) != nil else {
                throw .invalid("status must be a code such as 5.1.1")
            }
            guard diagnostic.utf8.count <= Self.diagnosticLimit,
                diagnostic.utf8.allSatisfy({ (0x20...0x7e).contains($0) })
            else { throw .invalid("diagnostic has at most \(Self.diagnosticLimit) ASCII characters") }
        }
    }

    /// The most bytes of the mail's header that are returned.
    static let headerLimit = 64 << 10
    private static let server = "mx.sandbox.example"

    /// 1 for the first bounce, without gaps.
    package let number: Int
    /// The sandbox's clock; milliseconds since 1970.
    package let at: Int64
    /// The sender of the mail's envelope, who gets the bounce.
    package let to: String
    /// The recipient whom the mail did not reach.
    package let recipient: String
    package let reason: Reason
    /// The whole notification, as a mail server would hand it to a program.
    package let raw: [UInt8]

    init(number: Int, at now: Int64, of mail: [UInt8], from sender: String, to recipient: String, _ reason: Reason) {
        self.number = number
        at = now
        to = sender
        self.recipient = recipient
        self.reason = reason
        // The mail cannot contain the hash of itself.
        let boundary =
            "=_" + SHA256.hash(data: mail).prefix(12).map { String($0 >> 4, radix: 16) }.joined() + "-\(number)"
        let date = Self.date(now)
        let isFailure = reason.action == .failed
        let text = """
            Return-Path: <>
            Delivered-To: \(sender)
            From: Mail Delivery System <MAILER-DAEMON@\(Self.server)>
            To: \(sender)
            Subject: \(isFailure ? "Undelivered Mail Returned to Sender" : "Delayed Mail (still being retried)")
            Date: \(date)
            Message-ID: <bounce-\(number).\(now)@\(Self.server)>
            Auto-Submitted: auto-replied
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=delivery-status; boundary="\(boundary)"

            --\(boundary)
            Content-Type: text/plain; charset=us-ascii

            <\(recipient)>: host \(Self.server) said: \(reason.diagnostic)

            --\(boundary)
            Content-Type: message/delivery-status

            Reporting-MTA: dns; \(Self.server)
            Arrival-Date: \(date)

            Original-Recipient: rfc822;\(recipient)
            Final-Recipient: rfc822; \(recipient)
            Action: \(reason.action.rawValue)
            Status: \(reason.status)
            Remote-MTA: dns; \(Self.server)
            Diagnostic-Code: smtp; \(reason.diagnostic)

            --\(boundary)
            Content-Type: text/rfc822-headers


            """
        raw =
            Array(text.replacing("\n", with: "\r\n").utf8) + MailContent(mail).header.prefix(Self.headerLimit)
            + Array("\r\n--\(boundary)--\r\n".utf8)
    }

    /// A date of RFC 5322, section 3.3.
    private static func date(_ milliseconds: Int64) -> String {
        let style = Date.VerbatimFormatStyle(
            format: """
                \(weekday: .abbreviated), \(day: .defaultDigits) \(month: .abbreviated) \(year: .padded(4)) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\
                \(second: .twoDigits) +0000
                """,
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: .gmt,
            calendar: Calendar(identifier: .gregorian)
        )
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(style)
    }
}
