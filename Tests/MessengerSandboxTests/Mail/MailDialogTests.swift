import Logging
import ServiceLifecycle
import Testing

@testable import MessengerSandbox

/// The mail server over real connections.
@Suite(.timeLimit(.minutes(5)))
struct MailDialogTests {
    @Test func `a mail arrives as it was sent`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.run(server) { (client) async throws in
                #expect(await client.reply() == "220 sandbox ESMTP; nothing leaves this machine")
                #expect(
                    try await client.say("EHLO client.example") == """
                        250-sandbox
                        250-SIZE 2097152
                        250-8BITMIME
                        250-PIPELINING
                        250-ENHANCEDSTATUSCODES
                        250 AUTH PLAIN LOGIN
                        """
                )
                #expect(
                    try await client.say("MAIL FROM:<bounce+1@shop.example> BODY=8BITMIME SIZE=100") == "250 2.1.0 Ok"
                )
                #expect(try await client.say("RCPT TO:<Lan@Example.com>") == "250 2.1.5 Ok")
                #expect(try await client.say("DATA") == "354 End the mail with <CR><LF>.<CR><LF>")
                // Stuffed dots: of a line that begins with one, and of a line that is one.
                try await client.send("Subject: hi\r\n\r\n..one\r\n..\r\ntwo.\r\n")
                #expect(try await client.say(".") == "250 2.0.0 Ok: queued as 7-1")
                #expect(try await client.say("QUIT") == "221 2.0.0 Bye")
                #expect(await client.reply() == nil)
            }
            let mail = try #require(server.sandbox.mail.mails(after: 0).first)
            #expect(mail.number == 1)
            #expect(mail.at == TestPlatform.start)
            #expect(mail.envelopeFrom == "bounce+1@shop.example")
            #expect(mail.mailbox == "lan@example.com")
            #expect(mail.raw == Array("Subject: hi\r\n\r\n.one\r\n.\r\ntwo.\r\n".utf8))
        }
    }

    @Test func `commands may come all at once`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.run(server) { (client) async throws in
                _ = await client.reply()
                try await client.send(
                    """
                    EHLO a\r\nMAIL FROM:<a@shop.example>\r\nRCPT TO:<b@example.com>\r\nRCPT TO:<c@example.com>\r\n\
                    RCPT TO:<b@example.com>\r\nDATA\r\nSubject: hi\r\n\r\nhello\r\n.\r\nNOOP\r\nQUIT\r\n
                    """
                )
                var codes: [Substring] = []
                while let reply = await client.reply() { codes.append(reply.prefix(3)) }
                #expect(codes == ["250", "250", "250", "250", "250", "354", "250", "250", "221"])
            }
            #expect(server.sandbox.mail.mails(after: 0).map(\.mailbox) == ["b@example.com", "c@example.com"])
        }
    }

    @Test func `commands may come byte by byte`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                let dialog = "MAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n.. \r\n\r\r\n.\r\n"
                for byte in dialog.utf8 { try await client.send([byte]) }
                #expect(await client.reply() == "250 2.1.0 Ok")
                #expect(await client.reply() == "250 2.1.5 Ok")
                #expect(await client.reply() == "354 End the mail with <CR><LF>.<CR><LF>")
                #expect(await client.reply() == "554 5.6.0 A <CR> or <LF> is alone")
            }
        }
    }

    @Test func `several mails go over one connection, and a reset forgets one`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                #expect(try await client.mail("one") == "250 2.0.0 Ok: queued as 7-1")
                _ = try await client.say("MAIL FROM:<forgotten@shop.example>")
                #expect(try await client.say("RSET") == "250 2.0.0 Ok")
                #expect(try await client.say("DATA") == "503 5.5.1 MAIL first")
                #expect(try await client.mail("two") == "250 2.0.0 Ok: queued as 7-2")
            }
            #expect(server.sandbox.mail.mails(after: 1).map(\.raw) == [Array("two\r\n".utf8)])
        }
    }

    @Test(arguments: [
        ("EHLO", "501 5.5.4 The name of the client is missing"),
        ("HELO a", "250 sandbox"),
        ("MAIL FROM:a@shop.example", "501 5.1.7 Write MAIL FROM:<address>"),
        ("MAIL TO:<a@shop.example>", "501 5.1.7 Write MAIL FROM:<address>"),
        ("MAIL FROM:<a>", "501 5.1.7 Write MAIL FROM:<address>"),
        ("MAIL FROM:<a@b@c>", "501 5.1.7 Write MAIL FROM:<address>"),
        ("MAIL FROM:<a@shop.example>SIZE=1", "501 5.1.7 Write MAIL FROM:<address>"),
        ("MAIL FROM:<a@shop.example> RET=FULL", "555 5.5.4 Unknown parameter"),
        ("MAIL FROM:<a@shop.example> SIZE=2097152", "250 2.1.0 Ok"),
        ("MAIL FROM:<a@shop.example> SIZE=2097153", "552 5.3.4 Message too big"),
        ("MAIL FROM:<a@shop.example> SIZE=99999999999999999999", "552 5.3.4 Message too big"),
        ("mail from:<a@shop.example>", "250 2.1.0 Ok"),
        ("RCPT TO:<b@example.com>", "503 5.5.1 MAIL first"),
        ("DATA", "503 5.5.1 MAIL first"),
        ("DATA now", "501 5.5.4 This command has no argument"),
        ("AUTH CRAM-MD5", "504 5.5.4 The mechanisms are PLAIN and LOGIN"),
        ("STARTTLS", "502 5.5.1 The sandbox has no TLS: it listens on this machine only"),
        ("VRFY lan", "252 2.0.0 Send a mail to see"),
        ("", "500 5.5.1 Unknown command"),
        ("EXPN all", "500 5.5.1 Unknown command"),
    ])
    func `each command has its reply`(command: String, reply: String) async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                #expect(try await client.say(command) == reply)
                #expect(try await client.say("NOOP") == "250 2.0.0 Ok")
            }
        }
    }

    @Test func `commands have their order`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.run(server) { (client) async throws in
                _ = await client.reply()
                #expect(try await client.say("MAIL FROM:<a@shop.example>") == "503 5.5.1 EHLO first")
                #expect(try await client.say("AUTH PLAIN") == "503 5.5.1 EHLO first")
                _ = try await client.say("EHLO a")
                _ = try await client.say("MAIL FROM:<a@shop.example>")
                #expect(try await client.say("MAIL FROM:<a@shop.example>") == "503 5.5.1 A mail has been begun already")
                #expect(try await client.say("AUTH PLAIN") == "503 5.5.1 Not within a mail")
                #expect(try await client.say("DATA") == "503 5.5.1 RCPT first")
                for recipient in ["b", "<b>", "<>", "<b c@example.com>", "<\"b\"@example.com>", "<b@example.com"] {
                    #expect(try await client.say("RCPT TO:\(recipient)") == "501 5.1.3 Write RCPT TO:<address>")
                }
                #expect(
                    try await client.say("RCPT TO:<b@example.com> NOTIFY=FAILURE") == "555 5.5.4 Unknown parameter"
                )
            }
        }
    }

    @Test func `a mail has at most a hundred recipients`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                _ = try await client.say("MAIL FROM:<a@shop.example>")
                for number in 1...100 {
                    #expect(try await client.say("RCPT TO:<b\(number)@example.com>") == "250 2.1.5 Ok")
                }
                #expect(try await client.say("RCPT TO:<b@example.com>") == "452 4.5.3 Too many recipients")
            }
        }
    }

    // MARK: Authentication

    private static let credentials = MailConfiguration(host: "127.0.0.1", port: 0, user: "shop", password: "pässword")

    /// printf '\0shop\0pässword' | base64; and so on.
    @Test(arguments: [
        (["AUTH PLAIN AHNob3AAcMOkc3N3b3Jk"], "235 2.7.0 Authentication successful"),
        (["AUTH PLAIN", "AHNob3AAcMOkc3N3b3Jk"], "235 2.7.0 Authentication successful"),
        (["AUTH LOGIN", "c2hvcA==", "cMOkc3N3b3Jk"], "235 2.7.0 Authentication successful"),
        (["AUTH LOGIN c2hvcA==", "cMOkc3N3b3Jk"], "235 2.7.0 Authentication successful"),
        (["AUTH PLAIN AHNob3AAd3Jvbmc="], "535 5.7.8 Authentication failed"),
        (["AUTH LOGIN", "c2hvcA==", "d3Jvbmc="], "535 5.7.8 Authentication failed"),
        (["AUTH LOGIN", "", ""], "535 5.7.8 Authentication failed"),
        (["AUTH LOGIN", "*"], "501 5.7.0 Authentication cancelled"),
        (["AUTH PLAIN", "???"], "501 5.5.2 This is not base64"),
        (["AUTH PLAIN c2hvcA=="], "501 5.5.2 This is not base64"),
        (["AUTH PLAIN ="], "501 5.5.2 This is not base64"),
    ])
    func `a client authenticates`(commands: [String], result: String) async throws {
        try await LiveServer.run(mail: Self.credentials) { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                #expect(try await client.say("MAIL FROM:<a@shop.example>") == "530 5.7.0 Authentication required")
                for command in commands.dropLast() {
                    #expect(try await client.say(command)?.hasPrefix("334 ") == true)
                }
                #expect(try await client.say(try #require(commands.last)) == result)
                let isIn = result.hasPrefix("235 ")
                #expect(
                    try await client.say("MAIL FROM:<a@shop.example>")
                        == (isIn ? "250 2.1.0 Ok" : "530 5.7.0 Authentication required")
                )
            }
        }
    }

    @Test func `a server without a user accepts any`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                #expect(try await client.say("AUTH LOGIN") == "334 VXNlcm5hbWU6")
                #expect(try await client.say("YQ==") == "334 UGFzc3dvcmQ6")
                #expect(try await client.say("Yg==") == "235 2.7.0 Authentication successful")
                #expect(try await client.say("AUTH LOGIN") == "503 5.5.1 Already authenticated")
            }
        }
    }

    // MARK: Hostile input

    @Test func `a line of a megabyte is refused once, and the next is read`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                try await client.send([UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20))
                #expect(try await client.say("") == "500 5.5.2 Line too long")
                #expect(try await client.say("NOOP") == "250 2.0.0 Ok")
            }
        }
    }

    @Test func `a command that ends without a carriage return is refused`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                try await client.send("NOOP\n")
                #expect(await client.reply() == "500 5.5.2 A command ends with <CR><LF>")
            }
        }
    }

    @Test(
        arguments: [[0x00], [0xff, 0xfe], [0x1b, 0x5b, 0x41], Array("MAIL FROM:<é@shop.example>".utf8)] as [[UInt8]]
    )
    func `a command of other bytes than ASCII is refused`(bytes: [UInt8]) async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                try await client.send(bytes + [0x0d, 0x0a])
                #expect(await client.reply() == "500 5.5.2 A command is printable ASCII")
            }
        }
    }

    @Test func `too many errors end the dialog`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                for _ in 1...20 { #expect(try await client.say("X") == "500 5.5.1 Unknown command") }
                #expect(await client.reply() == "421 4.7.0 Too many errors")
                #expect(await client.reply() == nil)
            }
        }
    }

    /// A page in a browser can send this to any port of this machine, with a mail in its body.
    @Test func `a request of a browser ends the dialog`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.run(server) { (client) async throws in
                _ = await client.reply()
                try await client.send(
                    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
                        + "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nx\r\n.\r\n"
                )
                #expect(await client.reply() == "421 4.7.0 This is a mail server, not a web server")
                #expect(await client.reply() == nil)
            }
            #expect(server.sandbox.mail.mails(after: 0).isEmpty)
        }
    }

    @Test(arguments: [
        ("a\nb", "554 5.6.0 A <CR> or <LF> is alone"), ("a\rb", "554 5.6.0 A <CR> or <LF> is alone"),
        // An end of the mail only for servers that are too lenient: what follows would be a mail of its own.
        ("a\n.\nMAIL FROM:<>", "554 5.6.0 A <CR> or <LF> is alone"),
        ("a\n.\r\nMAIL FROM:<>", "554 5.6.0 A <CR> or <LF> is alone"),
        (String(repeating: "a", count: 999), "554 5.6.0 A line has more than 998 bytes"),
        (String(repeating: "a", count: 1 << 20), "554 5.6.0 A line has more than 998 bytes"),
        (String(repeating: "a", count: 998), "250 2.0.0 Ok: queued as 7-1"),
        ("." + String(repeating: ".", count: 998), "250 2.0.0 Ok: queued as 7-1"),
        ("\u{0}\u{7f}", "250 2.0.0 Ok: queued as 7-1"),
    ])
    func `a mail has its form`(content: String, reply: String) async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                #expect(try await client.mail(content) == reply)
                #expect(try await client.say("NOOP") == "250 2.0.0 Ok")
            }
            #expect(server.sandbox.mail.mails(after: 0).count == (reply.hasPrefix("250") ? 1 : 0))
        }
    }

    @Test func `a mail that is too big is read to its end, and refused`() async throws {
        var configuration = MailConfiguration(host: "127.0.0.1", port: 0)
        configuration.sizeLimit = 100
        try await LiveServer.run(mail: configuration) { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                let line = String(repeating: "a", count: 48) + "\r\n"
                #expect(try await client.mail(line + line.dropLast()) == "250 2.0.0 Ok: queued as 7-1")
                #expect(try await client.mail(line + line + "a") == "552 5.3.4 Message too big")
                #expect(try await client.mail("a") == "250 2.0.0 Ok: queued as 7-2")
            }
        }
    }

    @Test func `at the limit of connections a client is sent away`() async throws {
        try await LiveServer.run { server, _ in
            var clients: [MailClient] = []
            for _ in 1...SMTPServer.connectionLimit {
                let client = try await MailClient(server)
                #expect(await client.reply()?.hasPrefix("220 ") == true)
                clients.append(client)
            }
            try await MailClient.run(server) { (client) async throws in
                #expect(await client.reply() == "421 4.7.0 Too many connections")
                #expect(await client.reply() == nil)
            }
            for client in clients { await client.close() }
        }
    }

    // MARK: Start and end

    @Test func `a port that is taken is named`() async throws {
        try await LiveServer.run { server, _ in
            let port = try #require(server.sandbox.mail.port)
            var configuration = TestPlatform.configuration
            configuration.mail = MailConfiguration(host: "127.0.0.1", port: port)
            let logger = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
            let second = try Sandbox(
                configuration: configuration,
                run: 8,
                now: { TestPlatform.start },
                post: { _, _, _ in 200 },
                logger: logger
            )
            let error = await #expect(throws: SandboxConfigurationError.self) {
                try await SandboxApplication(sandbox: second, logger: logger) { _ in }.run()
            }
            #expect(
                error?.description
                    == "the sandbox's mail server cannot listen on 127.0.0.1:\(port): Address already in use; choose "
                    + "another port with --smtp"
            )
        }
    }

    @Test func `the end of the server ends its dialogs`() async throws {
        try await LiveServer.run { server, services in
            try await MailClient.run(server) { (client) async throws in
                _ = await client.reply()
                await services.triggerGracefulShutdown()
                #expect(await client.reply() == nil)
            }
        }
    }

    @Test func `a sandbox needs no mail server`() async throws {
        try await LiveServer.run(mail: nil) { (server, _) async throws in
            #expect(server.sandbox.mail.port == nil)
            #expect(try await server.get("/sandbox/mail").hasSuffix("[]"))
        }
    }
}
