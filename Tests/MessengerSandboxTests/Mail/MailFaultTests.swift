import Testing

@testable import MessengerSandbox

/// What goes wrong between a mail client and the server.
@Suite(.timeLimit(.minutes(5)))
struct MailFaultTests {
    private static let fault = "/sandbox/mail/faults"

    /// The replies to a whole dialog, until the server closes the connection.
    private func dialog(with server: LiveServer) async throws -> [String] {
        var replies: [String] = []
        try await MailClient.run(server) { (client) async throws in
            guard let greeting = await client.reply() else { return }
            replies.append(greeting)
            for command in [
                "EHLO a", "AUTH PLAIN AGEAYg==", "MAIL FROM:<a@shop.example>", "RCPT TO:<b@example.com>", "DATA",
                "Subject: hi\r\n\r\nhello\r\n.", "QUIT",
            ] {
                // A mail is sent only to a server that asks for it.
                if command.hasPrefix("Subject"), replies.last?.hasPrefix("354") == false { continue }
                guard let reply = try await client.say(command) else { return }
                replies.append(reply)
            }
        }
        return replies
    }

    @Test(arguments: [
        ("connect", "554 5.7.1 Not you", ["554"]),
        ("ehlo", "550 5.7.1 Not you", ["220", "550", "503", "503", "503", "503", "221"]),
        ("auth", "454 4.7.0 Later", ["220", "250", "454", "250", "250", "354", "250", "221"]),
        ("mail", "550 5.7.26 Not authenticated", ["220", "250", "235", "550", "503", "503", "221"]),
        ("rcpt", "550 5.1.1 User unknown", ["220", "250", "235", "250", "550", "503", "221"]),
        ("data", "451 4.3.0 Later", ["220", "250", "235", "250", "250", "451", "221"]),
        ("data", "250 2.0.0 What?", ["220", "250", "235", "250", "250", "250", "221"]),
        ("end", "552 5.3.4 Too big", ["220", "250", "235", "250", "250", "354", "552", "221"]),
    ])
    func `a reply takes the place of the server's at any stage`(
        stage: String,
        reply: String,
        codes: [String]
    ) async throws {
        try await LiveServer.run { server, _ in
            _ = try await server.post(Self.fault, #"{"kind":"reply","stage":"\#(stage)","reply":"\#(reply)"}"#)
            let replies = try await dialog(with: server)
            #expect(replies.map { String($0.prefix(3)) } == codes)
            #expect(replies.contains(reply))
            let isDelivered = stage == "auth"
            #expect(server.sandbox.mail.mails(after: 0).count == (isDelivered ? 1 : 0))
            #expect(try await dialog(with: server).map { $0.prefix(3) }.suffix(2) == ["250", "221"])
        }
    }

    @Test(arguments: ["connect", "ehlo", "mail", "rcpt", "data", "end"])
    func `421 closes the connection`(stage: String) async throws {
        try await LiveServer.run { server, _ in
            _ = try await server.post(
                Self.fault,
                #"{"kind":"reply","stage":"\#(stage)","reply":"421 4.7.28 Slow down"}"#
            )
            #expect(try await dialog(with: server).last == "421 4.7.28 Slow down")
        }
    }

    @Test(arguments: [
        ("connect", 0), ("ehlo", 1), ("auth", 2), ("mail", 3), ("rcpt", 4), ("data", 5), ("content", 6), ("end", 6),
    ])
    func `the connection is dropped at any stage, and the mail is not delivered`(stage: String, count: Int) async throws
    {
        try await LiveServer.run { server, _ in
            _ = try await server.post(Self.fault, #"{"kind":"drop","stage":"\#(stage)"}"#)
            #expect(try await dialog(with: server).count == count)
            #expect(server.sandbox.mail.mails(after: 0).isEmpty)
            #expect(try await dialog(with: server).count == 8)
        }
    }

    @Test func `the connection is dropped within the mail, before its end`() async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.mail.inject(MailFault(kind: .drop(.content)))
            try await MailClient.runGreeted(server) { (client) async throws in
                #expect(try await client.begin()?.hasPrefix("354 ") == true)
                try await client.send("Subject: hi\r\n")
                #expect(await client.reply() == nil)
            }
        }
    }

    @Test func `a mail may be delivered although no answer says so, or although an answer denies it`() async throws {
        try await LiveServer.run { server, _ in
            _ = try await server.post(Self.fault, #"{"kind":"drop","stage":"end","stored":true}"#)
            #expect(try await dialog(with: server).count == 6)
            #expect(server.sandbox.mail.mails(after: 0).count == 1)
            _ = try await server.post(
                Self.fault,
                #"{"kind":"reply","stage":"end","reply":"451 4.3.0 Later","stored":true}"#
            )
            #expect(try await dialog(with: server).contains("451 4.3.0 Later"))
            #expect(server.sandbox.mail.mails(after: 0).count == 2)
            _ = try await server.post(
                Self.fault,
                #"{"kind":"reply","stage":"end","reply":"250 2.0.0 Fine","stored":false}"#
            )
            #expect(try await dialog(with: server).contains("250 2.0.0 Fine"))
            #expect(server.sandbox.mail.mails(after: 0).count == 2)
        }
    }

    @Test func `faults are counted, begin late, and apply to some mails only`() async throws {
        try await LiveServer.run { server, _ in
            try await MailClient.runGreeted(server) { (client) async throws in
                func refusals(_ count: Int, to recipient: String = "lan@example.com") async throws -> [Bool] {
                    var refused: [Bool] = []
                    for _ in 0..<count {
                        _ = try await client.say("MAIL FROM:<a@shop.example>")
                        refused.append(try await client.say("RCPT TO:<\(recipient)>")?.hasPrefix("550") == true)
                        _ = try await client.say("RSET")
                    }
                    return refused
                }
                func inject(_ more: String) async throws {
                    _ = try await server.post(
                        Self.fault,
                        #"{"kind":"reply","stage":"rcpt","reply":"550 5.1.1 Unknown",\#(more)}"#
                    )
                }
                try await inject(#""count":2,"skip":1"#)
                #expect(try await refusals(4) == [false, true, true, false])
                try await inject(#""to":"LAN@example.com""#)
                #expect(try await refusals(1, to: "minh@example.com") == [false])
                #expect(try await refusals(1) == [true])
                try await inject(#""to":"@example.com""#)
                #expect(try await refusals(1, to: "minh@other.example") == [false])
                #expect(try await refusals(1, to: "minh@example.com") == [true])
                try await inject(#""from":"b@shop.example""#)
                #expect(try await refusals(1) == [false])
                _ = try await server.delete(Self.fault)
                try await inject(#""count":9"#)
                _ = try await server.delete(Self.fault)
                #expect(try await refusals(1) == [false])
            }
        }
    }

    @Test func `a delayed reply belongs to a mail that arrived at once, and holds up no other client`() async throws {
        try await LiveServer.run { server, _ in
            _ = try await server.post(Self.fault, #"{"kind":"delay","stage":"end","milliseconds":600000}"#)
            try await MailClient.runGreeted(server) { (client) async throws in
                _ = try await client.begin()
                try await client.send("Subject: late\r\n\r\n.\r\n")
                let mails = await server.sandbox.mail.mails(after: 0, within: .seconds(60))
                #expect(mails.map { $0.content.field("Subject") } == ["late"])
                #expect(try await dialog(with: server).count == 8)
            }
        }
    }

    @Test func `a delay of nothing is a reply in its order`() async throws {
        try await LiveServer.run { server, _ in
            for stage in ["connect", "ehlo", "auth", "mail", "rcpt", "data", "end"] {
                _ = try await server.post(Self.fault, #"{"kind":"delay","stage":"\#(stage)","milliseconds":0}"#)
            }
            #expect(
                try await dialog(with: server).map { $0.prefix(3) } == [
                    "220", "250", "235", "250", "250", "354", "250", "221",
                ]
            )
        }
    }

    @Test func `a reply may have several lines`() async throws {
        try await LiveServer.run { server, _ in
            _ = try await server.post(
                Self.fault,
                #"{"kind":"reply","stage":"mail","reply":"550-5.7.26 No\n550 5.7.26 Never"}"#
            )
            #expect(try await dialog(with: server).contains("550-5.7.26 No\n550 5.7.26 Never"))
            #expect(try MailReply("250 a\nb").bytes == Array("250-a\r\n250 b\r\n".utf8))
            #expect(try MailReply("354").bytes == Array("354 \r\n".utf8))
        }
    }

    @Test func `greylisting puts off the first mail of each sender to each recipient`() throws {
        var platform = MailPlatform(MailConfiguration(host: "127.0.0.1", port: 0), run: 7)
        try platform.setGreylisting(seconds: 300)
        func reply(from sender: String, to recipient: String, at now: Int64) -> String {
            var session = MailSession()
            _ = session.receive(Array("EHLO a\r\nMAIL FROM:<\(sender)>\r\n".utf8), &platform, now: now)
            let actions = session.receive(Array("RCPT TO:<\(recipient)>\r\n".utf8), &platform, now: now)
            guard case .reply(let reply) = actions.first else { return "" }
            return String(decoding: reply.bytes, as: UTF8.self)
        }
        let greylisted = "451 4.7.1 Greylisted, please try again in 300 seconds\r\n"
        let start = TestPlatform.start
        #expect(reply(from: "a@shop.example", to: "b@example.com", at: start) == greylisted)
        #expect(reply(from: "a@shop.example", to: "b@example.com", at: start + 299_999) == greylisted)
        #expect(reply(from: "a@shop.example", to: "b@example.com", at: start + 300_000) == "250 2.1.5 Ok\r\n")
        #expect(reply(from: "a@shop.example", to: "c@example.com", at: start + 300_000) == greylisted)
        #expect(reply(from: "d@shop.example", to: "b@example.com", at: start + 300_000) == greylisted)
        try platform.setGreylisting(seconds: 0)
        #expect(reply(from: "d@shop.example", to: "b@example.com", at: start + 300_000) == "250 2.1.5 Ok\r\n")
    }

    @Test func `greylisting is set by the control plane`() async throws {
        try await LiveServer.run { server, _ in
            let port = try #require(server.sandbox.mail.port)
            #expect(
                try await server.post("/sandbox/mail/server", #"{"greylist_seconds":300}"#)
                    .hasSuffix(#"{"port":\#(port),"greylist_seconds":300}"#)
            )
            #expect(try await dialog(with: server).contains("451 4.7.1 Greylisted, please try again in 300 seconds"))
            _ = try await server.post("/sandbox/mail/server", #"{"greylist_seconds":0}"#)
            #expect(try await dialog(with: server).last == "221 2.0.0 Bye")
        }
    }

    @Test(arguments: [
        (#"{"kind":"reply","stage":"rcpt"}"#, "reply is missing"),
        (#"{"kind":"reply","stage":"rcpt","reply":"600 no"}"#, "a reply begins with a code from 200 to 599"),
        (#"{"kind":"reply","stage":"rcpt","reply":"550 a\r\n250 b"}"#, "a reply has at most 20 lines"),
        (#"{"kind":"reply","stage":"never","reply":"550 no"}"#, "stage must be one of connect, ehlo, auth"),
        (#"{"kind":"reply","stage":"content","reply":"550 no"}"#, "within the content there is no reply"),
        (#"{"kind":"delay","stage":"content","milliseconds":1}"#, "within the content there is no reply"),
        (#"{"kind":"delay","stage":"end"}"#, "milliseconds is missing"),
        (#"{"kind":"delay","stage":"end","milliseconds":600001}"#, "milliseconds must be from 0 to 600000"),
        (#"{"kind":"drop","stage":"rcpt","stored":true}"#, "stored is for the stage end"),
        (#"{"kind":"reply","stage":"data","reply":"550 no","stored":false}"#, "stored is for the stage end"),
        (#"{"kind":"drop","stage":"end","count":0}"#, "count must be from 1 to 100000"),
        (#"{"kind":"drop","stage":"end","skip":-1}"#, "skip must be from 0 to 100000"),
        (#"{"kind":"bounce","status":"5.1"}"#, "status must be a code such as 5.1.1"),
        (#"{"kind":"bounce","diagnostic":"é"}"#, "diagnostic has at most 500 ASCII characters"),
        (#"{"kind":"bounce","action":"lost"}"#, "action must be one of failed, delayed"),
        (#"{"kind":"flood"}"#, "kind must be one of reply, drop, delay, bounce"),
        (#"{}"#, "kind must be one of reply, drop, delay, bounce"),
    ])
    func `a fault that cannot be is refused`(body: String, reason: String) async throws {
        try await LiveServer.run { server, _ in
            let answer = try await server.post(Self.fault, body)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.contains(#"{"error":"\#(reason)"#))
        }
    }
}
