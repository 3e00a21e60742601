import Channels
import DripCore
import TestSupport
import Testing

/// What goes to the Send API, byte for byte.
@Suite struct MessengerChannelTests {
    private let key = DeliveryKey(instance: "7f3a", enrollment: EnrollmentID(rawValue: 4), step: "chao", part: 0)

    @Test func `a message is a POST to the page, with its token`() async throws {
        let transport = ScriptedTransport(.success(.json(200, #"{"recipient_id":"5678","message_id":"m_1"}"#)))
        let channel = MessengerChannel(
            transport: transport,
            graphURL: "https://graph.facebook.com/v25.0/",
            tokens: ["1234567890": "a+b/c=|d"]
        )
        let outcome = await channel.deliver(.text("hi", buttons: []), from: "1234567890", to: .person("5678"), key: key)
        #expect(outcome == .accepted(messageID: "m_1", address: "5678"))
        let request = try #require(transport.requests.first)
        #expect(
            request.url == "https://graph.facebook.com/v25.0/1234567890/messages"
        )
        #expect(request.method == .post)
        #expect(
            request.headers == [
                HTTPHeader("Authorization", "Bearer a+b/c=|d"), HTTPHeader("Content-Type", "application/json"),
            ]
        )
    }

    @Test func `a text`() async throws {
        #expect(
            try await body(of: .text("Chào \"Lan\" https://m.me", buttons: [])) == #"""
                {"message":{"metadata":"dripd/7f3a/4/0/chao","text":"Chào \"Lan\" https://m.me"},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `a private reply is addressed to the comment`() async throws {
        #expect(
            try await body(of: .text("Chào", buttons: []), to: .comment("9_8")) == #"""
                {"message":{"metadata":"dripd/7f3a/4/0/chao","text":"Chào"},\#
                "messaging_type":"RESPONSE","recipient":{"comment_id":"9_8"}}
                """#
        )
    }

    @Test func `a message stands under its own persona, else under its page's`() async throws {
        let answer = Result<HTTPResponse, TransportError>.success(.json(200, #"{"message_id":"m_1"}"#))
        let transport = ScriptedTransport(answer, answer, answer, answer)
        let channel = MessengerChannel(
            transport: transport,
            graphURL: "https://g/v25.0",
            personas: ["1": "7"],
            tokens: ["1": "T", "2": "T"]
        )
        let template = UtilityTemplate(name: "order", language: "vi", parameters: []).filled(seed: 0) { _ in nil }
        for (part, page, recipient) in [
            (MessagePart(.text("hi", buttons: []), persona: "42"), "1", Recipient.person("5678")),
            (.text("hi", buttons: []), "1", .person("5678")), (MessagePart(.template(template)), "1", .person("5678")),
            (MessagePart(.text("hi", buttons: []), persona: "42"), "1", .comment("1_9")),
        ] {
            _ = await channel.deliver(part, from: page, to: recipient, key: key)
        }
        let bodies = transport.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies[0].contains(#""messaging_type":"UPDATE","persona_id":"42","recipient""#))
        #expect(bodies[1].contains(#""persona_id":"7""#))
        #expect(!bodies[2].contains("persona_id"))
        #expect(!bodies[3].contains("persona_id"))
    }

    @Test func `what a subscription permits goes to its token`() async {
        let refused = #"{"error":{"code":190,"message":"the ad account's token is dead"}}"#
        let transport = ScriptedTransport(
            .success(.json(200, #"{"recipient_id":"5678","message_id":"m_1"}"#)),
            .success(.json(200, #"{"message_id":"m_2"}"#)),
            .success(.json(401, refused))
        )
        let channel = MessengerChannel(
            transport: transport,
            graphURL: "https://g/v25.0",
            personas: ["1": "7"],
            tokens: ["1": "T"],
            marketing: ["1": MarketingAccount(adAccount: "55", campaign: "c1", token: "A")]
        )
        let part = MessagePart.text("hi", buttons: [])
        #expect(
            await channel.deliver(part, from: "1", to: .oneTime(token: "O"), key: key)
                == .accepted(messageID: "m_1", address: "5678")
        )
        #expect(
            await channel.deliver(part, from: "1", to: .marketing(token: "S"), key: key) == .accepted(messageID: "m_2")
        )
        // The page's own messages go on: its token is another one.
        let dead = await channel.deliver(part, from: "1", to: .marketing(token: "S"), key: key)
        guard case .refused(let refusal) = dead else {
            Issue.record("\(dead)")
            return
        }
        #expect(refusal.meaning == .account)
        channel.use(tokens: ["1": "T"])
        #expect(
            await channel.deliver(part, from: "1", to: .marketing(token: "S"), key: key)
                == .unsent(why: "page 1 is no longer configured to send paid messages")
        )
        #expect(
            transport.requests.prefix(2).map {
                "\($0.url) \($0.headers[0].value) \(String(decoding: $0.body, as: UTF8.self))"
            } == [
                #"https://g/v25.0/1/messages Bearer T {"message":{"metadata":"dripd/7f3a/4/0/chao","text":"hi"},"#
                    + #""recipient":{"one_time_notif_token":"O"}}"#,
                #"https://g/v25.0/act_55/messages Bearer A {"message":{"metadata":"dripd/7f3a/4/0/chao","text":"hi"},"#
                    + #""message_id":"c1","messenger_delivery_data":{"subscription_token":"S"}}"#,
            ]
        )
    }

    @Test func `typing is a request of its own, and its failure is nobody's`() async {
        let transport = ScriptedTransport(
            .success(.json(400, #"{"error":{"code":190,"message":"no"}}"#)),
            .failure(TransportError(arrival: .perhaps, kind: .timeout, message: "too slow"))
        )
        let channel = MessengerChannel(
            transport: transport,
            graphURL: "https://g/v25.0",
            personas: ["1": "7"],
            tokens: ["1": "T"]
        )
        await channel.show(Typing(address: "5678", persona: nil), from: "1")
        await channel.show(Typing(address: "5678", persona: "42"), from: "1")
        await channel.show(Typing(address: "5678", persona: nil), from: "2")
        #expect(
            transport.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                #"{"persona_id":"7","recipient":{"id":"5678"},"sender_action":"typing_on"}"#,
                #"{"persona_id":"42","recipient":{"id":"5678"},"sender_action":"typing_on"}"#,
            ]
        )
        #expect(
            transport.requests.map(\.url) == Array(repeating: "https://g/v25.0/1/messages", count: 2)
        )
        #expect(transport.requests.map(\.timeLimits.totalMilliseconds) == [5000, 5000])
    }

    @Test func `a text with buttons`() async throws {
        let buttons = [
            Button(title: "Xem bảng giá", action: .url("https://example.com/bang-gia?a=1&b=2")),
            Button(title: "Gọi", action: .url("https://example.com")),
        ]
        #expect(
            try await body(of: .text("Chào", buttons: buttons)) == #"""
                {"message":{"attachment":{"payload":{"buttons":[\#
                {"title":"Xem bảng giá","type":"web_url","url":"https://example.com/bang-gia?a=1&b=2"},\#
                {"title":"Gọi","type":"web_url","url":"https://example.com"}],\#
                "template_type":"button","text":"Chào"},"type":"template"},"metadata":"dripd/7f3a/4/0/chao"},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `buttons that call, tag, start and stop`() async throws {
        let buttons = [
            Button(title: "Gọi", action: .phone("+84912345678")),
            Button(title: "Tư vấn", action: .tap(.start("tu-van"))),
            Button(title: "Thôi", action: .tap(.stop)),
        ]
        #expect(
            try await body(of: .text("Chào", buttons: buttons)) == #"""
                {"message":{"attachment":{"payload":{"buttons":[\#
                {"payload":"+84912345678","title":"Gọi","type":"phone_number"},\#
                {"payload":"dripd/start/tu-van","title":"Tư vấn","type":"postback"},\#
                {"payload":"dripd/stop","title":"Thôi","type":"postback"}],\#
                "template_type":"button","text":"Chào"},"type":"template"},"metadata":"dripd/7f3a/4/0/chao"},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `cards`() async throws {
        let cards = [
            FilledCard(
                title: "Áo",
                subtitle: "Mới",
                image: "https://example.com/1.jpg",
                url: "https://example.com/ao",
                buttons: [Button(title: "Mua", action: .tap(.tag("mua")))]
            ),
            FilledCard(title: "Quần", subtitle: nil, image: "https://example.com/2.jpg", url: nil, buttons: []),
        ]
        #expect(
            try await body(of: MessagePart(.cards(cards), quickReplies: [.phone])) == #"""
                {"message":{"attachment":{"payload":{"elements":[\#
                {"buttons":[{"payload":"dripd/tag/mua","title":"Mua","type":"postback"}],\#
                "default_action":{"type":"web_url","url":"https://example.com/ao"},\#
                "image_url":"https://example.com/1.jpg","subtitle":"Mới","title":"Áo"},\#
                {"image_url":"https://example.com/2.jpg","title":"Quần"}],\#
                "template_type":"generic"},"type":"template"},"metadata":"dripd/7f3a/4/0/chao",\#
                "quick_replies":[{"content_type":"user_phone_number"}]},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `a button with a payload of another's, quick replies that offer what the person has`() async throws {
        let buttons = [Button(title: "Menu", action: .postback("MENU"))]
        #expect(
            try await body(of: MessagePart(.text("Chào", buttons: buttons), quickReplies: [.phone, .email])) == #"""
                {"message":{"attachment":{"payload":{"buttons":[\#
                {"payload":"MENU","title":"Menu","type":"postback"}],\#
                "template_type":"button","text":"Chào"},"type":"template"},"metadata":"dripd/7f3a/4/0/chao",\#
                "quick_replies":[{"content_type":"user_phone_number"},{"content_type":"user_email"}]},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `quick replies, below whatever it is`() async throws {
        let replies = [QuickReply(title: "Có", tap: .tag("quan-tam")), QuickReply(title: "Không", tap: .stop)]
        let part = MessagePart(.audio(.url("https://example.com/a.mp3")), quickReplies: replies)
        #expect(
            try await body(of: part) == #"""
                {"message":{"attachment":{"payload":{"url":"https://example.com/a.mp3"},"type":"audio"},\#
                "metadata":"dripd/7f3a/4/0/chao","quick_replies":[\#
                {"content_type":"text","payload":"dripd/tag/quan-tam","title":"Có"},\#
                {"content_type":"text","payload":"dripd/stop","title":"Không"}]},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `a utility template, as the platform's example has it`() async throws {
        let template = UtilityTemplate(
            name: "order_confirmation_update",
            language: "vi",
            parameters: [.init(name: "ten", text: TextTemplate(segments: [.literal("Lan")]))]
        )
        let part = MessagePart(.template(template.filled(seed: 0) { _ in nil }))
        #expect(
            try await body(of: part) == #"""
                {"message":{"metadata":"dripd/7f3a/4/0/chao","template":{"components":[{"parameters":[\#
                {"parameter_name":"ten","text":"Lan","type":"text"}],"type":"body"}],"language":{"code":"vi"},\#
                "name":"order_confirmation_update"}},"messaging_type":"UTILITY","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `one picture`() async throws {
        #expect(
            try await body(of: .images([.url("https://example.com/1.jpg")])) == #"""
                {"message":{"attachment":{"payload":{"url":"https://example.com/1.jpg"},"type":"image"},\#
                "metadata":"dripd/7f3a/4/0/chao"},"messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `several pictures`() async throws {
        #expect(
            try await body(of: .images([.url("https://example.com/1.jpg"), .url("https://example.com/2.jpg")])) == #"""
                {"message":{"attachments":[{"payload":{"url":"https://example.com/1.jpg"},"type":"image"},\#
                {"payload":{"url":"https://example.com/2.jpg"},"type":"image"}],"metadata":"dripd/7f3a/4/0/chao"},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `a video, a file`() async throws {
        #expect(
            try await body(of: .video(.url("https://example.com/v.mp4"))) == #"""
                {"message":{"attachment":{"payload":{"url":"https://example.com/v.mp4"},"type":"video"},\#
                "metadata":"dripd/7f3a/4/0/chao"},"messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
        #expect(
            try await body(of: .file(.url("https://example.com/f.pdf"))) == #"""
                {"message":{"attachment":{"payload":{"url":"https://example.com/f.pdf"},"type":"file"},\#
                "metadata":"dripd/7f3a/4/0/chao"},"messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `files are called by what the page calls them`() async throws {
        let (first, second) = (Media.uploaded("a.jpg", as: "1857777774821032"), Media.uploaded("b.jpg", as: "2"))
        #expect(
            try await body(of: .images([first])) == #"""
                {"message":{"attachment":{"payload":{"attachment_id":"1857777774821032"},"type":"image"},\#
                "metadata":"dripd/7f3a/4/0/chao"},"messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
        #expect(
            try await body(of: .images([first, .url("https://example.com/1.jpg"), second])) == #"""
                {"message":{"attachments":[{"payload":{"attachment_id":"1857777774821032"},"type":"image"},\#
                {"payload":{"url":"https://example.com/1.jpg"},"type":"image"},\#
                {"payload":{"attachment_id":"2"},"type":"image"}],"metadata":"dripd/7f3a/4/0/chao"},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
        let video = MessagePart(.video(.uploaded("v.mp4", as: "3")), quickReplies: [QuickReply(title: "A", tap: .stop)])
        #expect(
            try await body(of: video) == #"""
                {"message":{"attachment":{"payload":{"attachment_id":"3"},"type":"video"},\#
                "metadata":"dripd/7f3a/4/0/chao","quick_replies":[{"content_type":"text","payload":"dripd/stop","title":"A"}]},\#
                "messaging_type":"UPDATE","recipient":{"id":"5678"}}
                """#
        )
    }

    @Test func `a file that was not uploaded is not sent`() async {
        let channel = MessengerChannel(
            transport: ScriptedTransport(),
            graphURL: "https://example.com",
            tokens: ["1": "t"]
        )
        let file = MediaFile(path: "media/a.jpg", location: "/srv/media/a.jpg", hash: "h")
        let outcome = await channel.deliver(.images([.file(file)]), from: "1", to: .person("5678"), key: key)
        #expect(outcome == .unsent(why: "cannot encode the message: media/a.jpg has not been uploaded"))
    }

    @Test func `without a token nothing is sent`() async {
        let channel = MessengerChannel(transport: ScriptedTransport(), graphURL: "https://example.com", tokens: [:])
        let outcome = await channel.deliver(.text("hi", buttons: []), from: "1", to: .person("5678"), key: key)
        #expect(outcome == .unsent(why: "page 1 is not in the configuration any more"))
    }

    @Test func `a new token holds from the next request on`() async {
        let answer = HTTPResponse.json(200, #"{"recipient_id":"5678","message_id":"m_1"}"#)
        let transport = ScriptedTransport(.success(answer), .success(answer))
        let channel = MessengerChannel(transport: transport, graphURL: "https://example.com", tokens: ["1": "old"])
        _ = await channel.deliver(.text("hi", buttons: []), from: "1", to: .person("5678"), key: key)
        channel.use(tokens: ["1": "new"])
        _ = await channel.deliver(.text("hi", buttons: []), from: "1", to: .person("5678"), key: key)
        #expect(
            transport.requests.map { $0.headers[0] } == [
                HTTPHeader("Authorization", "Bearer old"), HTTPHeader("Authorization", "Bearer new"),
            ]
        )
    }

    @Test(arguments: TransportError.Kind.allCases)
    func `a request that certainly never left was not sent, one that may have arrived is in doubt`(
        kind: TransportError.Kind
    ) async {
        for (arrival, outcome) in [
            (TransportError.Arrival.certainlyNot, Outcome.unsent(why: "why")), (.perhaps, .inDoubt(why: "why")),
        ] {
            let error = TransportError(arrival: arrival, kind: kind, message: "why")
            let channel = MessengerChannel(
                transport: ScriptedTransport(.failure(error)),
                graphURL: "https://example.com",
                tokens: ["1": "t"]
            )
            #expect(
                await channel.deliver(.text("hi", buttons: []), from: "1", to: .person("5678"), key: key) == outcome
            )
        }
    }

    private func body(of part: MessagePart, to recipient: Recipient = .person("5678")) async throws -> String {
        let transport = ScriptedTransport(.success(.json(200, #"{"message_id":"m_1"}"#)))
        let channel = MessengerChannel(transport: transport, graphURL: "https://example.com", tokens: ["1": "t"])
        _ = await channel.deliver(part, from: "1", to: recipient, key: key)
        return String(decoding: try #require(transport.requests.first).body, as: UTF8.self)
    }
}

extension Media {
    fileprivate static func uploaded(_ path: String, as attachment: String) -> Media {
        .file(MediaFile(path: path, location: "/srv/\(path)", hash: "h", attachment: attachment))
    }
}
