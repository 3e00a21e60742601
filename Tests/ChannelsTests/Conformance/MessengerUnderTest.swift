import Channels
import DripCore
import Foundation
import TestSupport

extension ChannelUnderTest {
    static let messenger = ChannelUnderTest(
        rules: .messenger,
        values: ["text": "Chào Lan, một tuần rồi", "button": "Bảng giá", "quick_reply": "Gọi lại cho mình"],
        open: { port, values, _ in
            let transport = try CurlTransport.underTest()
            let channel = MessengerChannel(
                transport: transport,
                graphURL: "http://127.0.0.1:\(port)/v25.0",
                appSecret: MessengerSecrets.app,
                tokens: [MessengerSecrets.page: MessengerSecrets.token]
            )
            return OpenChannel(channel: channel) { await transport.shutdown() }
        },
        message: { values, key in
            OutgoingMessage(
                part: MessagePart(
                    MessengerSecrets.content(of: values),
                    quickReplies: [.answer(title: values["quick_reply"] ?? "", .tag("call"))],
                    persona: values["persona"]
                ),
                person: Person(
                    id: PersonID(rawValue: 1),
                    account: AccountID(rawValue: 1),
                    page: MessengerSecrets.page,
                    address: MessengerSecrets.person,
                    windowEnds: .tested + .hours(24)
                ),
                recipient: .person(MessengerSecrets.person),
                key: key
            )
        },
        step: { values in
            .make(
                "ngay-3",
                Offset(3, .day),
                text: [.literal(values["text"] ?? "")],
                buttons: MessengerSecrets.buttons(of: values)
            )
        },
        accepting: ScriptedServer.answering("200 OK", body: MessengerSecrets.accepted),
        cuttingTheSecond: { connection in
            connection.readRequest()
            connection.respond(body: MessengerSecrets.accepted)
            connection.readRequest()
        },
        answers: ErrorTableTests.rows.map { row in
            PlatformAnswer(
                text: row.body,
                script: ScriptedServer.answering("400 Bad Request", body: row.body),
                outcome: MessengerSecrets.outcome(row.meaning)
            )
        } + MessengerSecrets.withoutError,
        faults: Fault.overHTTP + [
            Fault(
                name: "a gateway's error, which may have passed it on",
                script: ScriptedServer.answering("502 Bad Gateway", body: "<html>"),
                outcome: .inDoubt,
                received: 1
            )
        ],
        // Without a button the text is a message, with one it is a template.
        limits: [Limit(value: "text", scalars: 1_999, values: ["button": ""]), Limit(value: "text", scalars: 640)],
        fields: ["text", "button", "quick_reply", "persona", "card", "card_subtitle"].map { name in
            HostileField(
                name: name,
                values: name == "card_subtitle" ? ["card": "Áo dài"] : [:],
                isIntact: { read, text in HostileText.same(read[name], text) }
            )
        },
        secrets: MessengerSecrets.all,
        read: { received in try received.map(MessengerSecrets.read) },
        identity: { [$0["metadata"]] }
    )
}

private enum MessengerSecrets {
    static let (page, person) = ("1577703145783617", "5678901234567890")
    static let (token, app) = ("EAABpageToken0123456789", "appSecret0123456789abcdef")
    static let accepted = #"{"recipient_id":"5678901234567890","message_id":"m_1"}"#

    static let all = [
        token, app, person,
        // printf EAABpageToken0123456789 | openssl dgst -sha256 -hmac appSecret0123456789abcdef
        "appsecret_proof=", "Bearer",
    ]

    static func buttons(of values: [String: String]) -> [Button] {
        let title = values["button"] ?? ""
        return title.isEmpty ? [] : [Button(title: title, action: .url("https://shop.example/gia"))]
    }

    static func content(of values: [String: String]) -> MessagePart.Content {
        guard let title = values["card"] else { return .text(values["text"] ?? "", buttons: buttons(of: values)) }
        let card = FilledCard(title: title, subtitle: values["card_subtitle"], image: nil, url: nil, buttons: [])
        return .cards([card])
    }

    /// - Parameter text: a cell of `ErrorTableTests.rows`.
    static func outcome(_ text: String) -> ExpectedOutcome {
        let word = text.split(separator: " ")[0]
        guard let meaning = Refusal.Meaning(rawValue: String(word)) else { return .inDoubt }
        return .refused(meaning, code: nil)
    }

    /// Answers of something between dripd and the platform.
    static let withoutError: [PlatformAnswer] =
        ["301 Moved", "404 Not Found", "429 Too Many Requests", "503 Service Unavailable"].map { status in
            PlatformAnswer(
                text: status,
                script: ScriptedServer.answering(status, headers: ["Location: http://127.0.0.1:9/"], body: "<html>"),
                outcome: .refused(.slowDown, code: "HTTP \(status.prefix(3))")
            )
        } + [
            PlatformAnswer(
                text: "429, Retry-After: 86400",
                script: ScriptedServer.answering("429 Too Many Requests", headers: ["Retry-After: 86400"], body: "{}"),
                outcome: .refused(.slowDown, code: "HTTP 429", retryAfter: .hours(24))
            )
        ]
        + ["", "{}", "null", #"{"message_id":""}"#].map { body in
            PlatformAnswer(
                text: "200 \(body)",
                script: ScriptedServer.answering("200 OK", body: body),
                outcome: .inDoubt
            )
        }

    static func read(_ received: [UInt8]) throws -> [String: String] {
        let request = try ReceivedRequest(received)
        // Not JSONSerialization, which drops a byte order mark at the start of a text.
        let sent = try JSONDecoder().decode(SentRequest.self, from: Data(request.body))
        let payload = sent.message.attachment?.payload
        var values: [String: String] = [:]
        if !request.line.hasPrefix("POST /v25.0/\(page)/messages?") { values["problems"] = request.line }
        values["text"] = sent.message.text ?? payload?.text
        values["button"] = payload?.buttons?.first?.title
        values["quick_reply"] = sent.message.quick_replies?.first?.title
        values["metadata"] = sent.message.metadata
        values["persona"] = sent.persona_id
        values["card"] = payload?.elements?.first?.title
        values["card_subtitle"] = payload?.elements?.first?.subtitle
        return values
    }
}

/// The parts of a request that are under test, as the platform names them.
private struct SentRequest: Decodable {
    struct Message: Decodable {
        let text: String?
        let metadata: String?
        let quick_replies: [Titled]?
        let attachment: Attachment?
    }

    struct Attachment: Decodable {
        let payload: Payload
    }

    struct Payload: Decodable {
        let text: String?
        let buttons: [Titled]?
        let elements: [Titled]?
    }

    struct Titled: Decodable {
        let title: String
        let subtitle: String?
    }

    let persona_id: String?
    let message: Message
}
