@testable import Channels

/// Mails as they come in. The reference in them is `MailFixture.reference`.
struct MailFixture: CustomStringConvertible, Sendable {
    let description: String
    let text: String

    static let key: [UInt8] = Array("a secret key for tests".utf8)
    static let reference = MailReference(enrollment: 4711, part: 0, stepHash: 0x0123_4567_89ab_cdef)
    /// What is written in the fixtures: with the MAC of `key`.
    static let local = "4711.0.0123456789abcdef.9b5a44aacc14a992"

    init(_ description: String, _ text: String) {
        (self.description, self.text) = (description, text)
    }

    /// With the line breaks of a mail server.
    var bytes: [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    func meaning(recipient: String? = nil) -> InboundMail {
        InboundMail.read(bytes, recipient: recipient, key: Self.key)
    }

    static let all = [
        unknownUser, emptyStatus, policy, mixed, delayed, complaint, oldComplaint, absence, unsubscription, stop,
        outgoing,
        qmail, exim,
    ]

    static let unknownUser = MailFixture(
        "an unknown user",
        """
        Return-Path: <>
        Delivered-To: bounce+\(local)@shop.example
        Received: from mx.provider.example (mx.provider.example [192.0.2.10]) by mail.shop.example with ESMTPS; \
        Mon, 30 Nov 2026 08:00:00 +0700
        From: Mail Delivery System <MAILER-DAEMON@mx.provider.example>
        To: bounce+\(local)@shop.example
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B1"
        Message-Id: <dsn1@mx.provider.example>
        Date: Mon, 30 Nov 2026 08:00:00 +0700

        --B1
        Content-Type: text/plain; charset=us-ascii

        <person@provider.example>: host mx.provider.example said: 550 5.1.1 User unknown

        --B1
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.provider.example
        Original-Envelope-Id: 000001
        Arrival-Date: Mon, 30 Nov 2026 07:59:58 +0700

        Original-Recipient: rfc822;person@provider.example
        Final-Recipient: rfc822; person@provider.example
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx.provider.example
        Diagnostic-Code: smtp; 550 5.1.1 User unknown

        --B1
        Content-Type: text/rfc822-headers

        From: Shop <hi@shop.example>
        To: person@provider.example
        Message-ID: <\(local)@shop.example>
        Subject: =?UTF-8?B?WGluIGNow6Bv?=

        --B1--

        """
    )

    static let emptyStatus = MailFixture(
        "an empty delivery status",
        """
        Return-Path: <>
        Delivered-To: hi@shop.example
        From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
        To: hi@shop.example
        Auto-Submitted: auto-replied
        Subject: Delivery Status Notification (Failure)
        X-Failed-Recipients: person@provider.example
        References: <\(local)@shop.example>
        In-Reply-To: <\(local)@shop.example>
        MIME-Version: 1.0
        Content-Type: multipart/report; boundary="B2"; report-type=delivery-status

        --B2
        Content-Type: multipart/related; boundary="B2a"

        --B2a
        Content-Type: text/plain; charset="UTF-8"

        ** Address not found **

        Your message wasn't delivered to person@provider.example because the address couldn't be found.

        550 5.1.1 The email account that you tried to reach does not exist.

        --B2a--

        --B2
        Content-Type: message/delivery-status

        --B2
        Content-Type: message/rfc822

        From: Shop <hi@shop.example>
        To: person@provider.example
        Message-ID: <\(local)@shop.example>
        Subject: Xin chao

        text

        --B2--

        """
    )

    static let policy = MailFixture(
        "a refusal of policy",
        """
        Return-Path: <>
        Delivered-To: bounce+\(local)@shop.example
        From: Mail Delivery Subsystem <mailer-daemon@relay.example>
        To: bounce+\(local)@shop.example
        Subject: Delivery Status Notification (Failure)
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B6"

        --B6
        Content-Type: message/delivery-status

        Reporting-MTA: dns; relay.example

        Final-Recipient: rfc822; person@gmail.example
        Action: failed
        Status: 5.7.26
        Diagnostic-Code: smtp; 550-5.7.26 Your email has been blocked because the sender is unauthenticated. \
        550 5.7.26 for this and other questions

        --B6--

        """
    )

    static let mixed = MailFixture(
        "two recipients, one of them failed",
        """
        Return-Path: <>
        Delivered-To: bounce+\(local)@shop.example
        From: postmaster@provider.example
        To: bounce+\(local)@shop.example
        Subject: Undeliverable
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type="delivery-status"; boundary=B5

        --B5
        Content-Type: text/plain

        see below

        --B5
        Content-Type: message/delivery-status

        Reporting-MTA: dns;mx.provider.example

        Final-Recipient: RFC822;Alias@Provider.Example
        X-Actual-Recipient: rfc822; inner@backend.example
        Action: failed
        Status: 5.2.2 (mailbox full)
        Diagnostic-Code: smtp;552-5.2.2 The recipient's inbox is out of storage
         space. 552 5.2.2 Please direct them to clear space

        Final-Recipient: rfc822; other@provider.example
        Action: relayed
        Status: 2.0.0

        --B5--

        """
    )

    static let delayed = MailFixture(
        "a delay",
        """
        Return-Path: <>
        Delivered-To: bounce+\(local)@shop.example
        From: MAILER-DAEMON@relay.example (Mail Delivery System)
        To: bounce+\(local)@shop.example
        Subject: Delayed Mail (still being retried)
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B3"

        --B3
        Content-Type: text/plain

        Your message could not be delivered for 4.0 hours. It will be retried until it is 5.0 days old.

        --B3
        Content-Type: message/delivery-status

        Reporting-MTA: dns; relay.example

        Final-Recipient: rfc822; person@provider.example
        Action: delayed
        Status: 4.4.1
        Diagnostic-Code: X-Postfix; connect to mx.provider.example[192.0.2.10]:25: Connection timed out
        Will-Retry-Until: Sat, 5 Dec 2026 08:00:00 +0700

        --B3--

        """
    )

    static let complaint = MailFixture(
        "a complaint",
        """
        From: fbl@provider.example
        To: fbl@shop.example
        Date: Mon, 30 Nov 2026 08:00:00 +0000
        Subject: Email Feedback Report for IP 192.0.2.89
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="B7"

        --B7
        Content-Type: text/plain; charset="US-ASCII"

        This is an email abuse report for an email message received from IP address 192.0.2.89.

        --B7
        Content-Disposition: inline
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: SMP-FBL
        Version: 1.0
        Received-Date: Mon, 30 Nov 2026 07:00:00 -0000
        Source-IP: 192.0.2.89
        Reported-Domain: shop.example
        Original-Mail-From: <bounce+\(local)@shop.example>
        Redacted-Address: redacted
        Redacted-Address: redacted@

        --B7
        Content-Type: message/rfc822

        Return-Path: <bounce+\(local)@shop.example>
        From: Shop <hi@shop.example>
        To: redacted@provider.example
        Message-ID: <\(local)@shop.example>
        List-Unsubscribe: <https://shop.example/u/TOKEN>
        Subject: Xin chao

        test
        --B7--

        """
    )

    /// Of version 0.1, with another type, and without anything in it that names the person but the link.
    static let oldComplaint = MailFixture(
        "a complaint that names only the link",
        """
        From: fbl@provider.example
        To: fbl@shop.example
        Subject: complaint
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="B7"

        --B7
        Content-Type: message/feedback-report

        Feedback-Type: opt-out
        Version: 0.1
        Removal-Recipient: redacted

        --B7
        Content-Type: message/rfc822

        From: Shop <hi@shop.example>
        To: redacted
        List-Unsubscribe: <https://shop.example/u/TOKEN?x=1>
        Subject: Xin chao

        --B7--

        """
    )

    static let absence = MailFixture(
        "a notice of absence",
        """
        Return-Path: <person@provider.example>
        Delivered-To: hi@shop.example
        Date: Mon, 30 Nov 2026 08:00:00 +0700
        Message-Id: <ar1@provider.example>
        In-Reply-To: <\(local)@shop.example>
        To: hi@shop.example
        Auto-Submitted: auto-replied
        From: person@provider.example
        Subject: Away until May 5

        I am currently away returning to the office on May 5th.

        """
    )

    static let unsubscription = MailFixture(
        "an unsubscription",
        """
        Return-Path: <person@provider.example>
        From: person@provider.example
        To: unsubscribe+TOKEN@shop.example
        Subject: unsubscribe
        MIME-Version: 1.0
        Content-Type: text/plain

        This message was automatically generated by Gmail.
        """
    )

    static let stop = MailFixture(
        "a person who says stop",
        """
        Return-Path: <person@provider.example>
        Delivered-To: hi@shop.example
        From: PERSON NAME <person@provider.example>
        To: Shop <hi@shop.example>
        Subject: Re: Xin =?UTF-8?Q?ch=C3=A0o?=
        In-Reply-To: <\(local)@shop.example>
        References: <\(local)@shop.example>
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary=B9

        --B9
        Content-Type: text/plain; charset=windows-1258
        Content-Transfer-Encoding: quoted-printable

        D=FD=CCng

        On Mon, Nov 30, 2026, Shop <hi@shop.example> wrote:
        > Xin chao
        --B9
        Content-Type: text/html; charset=utf-8

        <div>D&#7915;ng</div><blockquote>Xin chao</blockquote>
        --B9--

        """
    )

    /// A mail of our own that has come back.
    static let outgoing = MailFixture(
        "our own mail",
        """
        From: Shop <hi@shop.example>
        To: person@provider.example
        Subject: =?UTF-8?B?W1FDXSBYaW4gY2jDoG8=?=
        Date: Mon, 30 Nov 2026 09:00:00 +0700
        Message-ID: <\(local)@shop.example>
        MIME-Version: 1.0
        List-Unsubscribe: <https://shop.example/u/TOKEN>, <mailto:unsubscribe+TOKEN@shop.example>
        List-Unsubscribe-Post: List-Unsubscribe=One-Click
        List-Id: cham-soc <cham-soc.shop.example>
        Feedback-ID: cham-soc:ngay-1:dripd:shop
        Auto-Submitted: auto-generated
        Content-Type: multipart/alternative; boundary="=_a"

        --=_a
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        [QC] Xin ch=C3=A0o

        --=_a
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <p>[QC] Xin ch=C3=A0o</p>

        --=_a--

        """
    )

    static let qmail = MailFixture(
        "a bounce of qmail",
        """
        Return-Path: <>
        Delivered-To: bounce+\(local)@shop.example
        From: MAILER-DAEMON@relay.example
        To: bounce+\(local)@shop.example
        Subject: failure notice

        Hi. This is the qmail-send program at relay.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        <person@provider.example>:
        192.0.2.10 does not like recipient.
        Remote host said: 550 User unknown
        Giving up on 192.0.2.10.

        --- Below this line is a copy of the message.

        Return-Path: <bounce+\(local)@shop.example>
        Subject: 552 5.2.2 other@provider.example

        """
    )

    static let exim = MailFixture(
        "a bounce of Exim",
        """
        From MAILER-DAEMON Mon Nov 30 08:00:00 2026
        Return-path: <>
        Envelope-to: bounce+\(local)@shop.example
        X-Failed-Recipients: person@provider.example
        Auto-Submitted: auto-replied
        From: Mail Delivery System <Mailer-Daemon@relay.example>
        To: bounce+\(local)@shop.example
        Subject: Mail delivery failed: returning message to sender

        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          person@provider.example
            host mx.provider.example [192.0.2.10]
            SMTP error from remote mail server after end of data:
            550 5.7.1 Message rejected as spam

        ------ This is a copy of the message, including all the headers. ------

        Return-path: <bounce+\(local)@shop.example>

        """
    )
}
