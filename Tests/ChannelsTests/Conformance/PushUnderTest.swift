import Channels
import Crypto
import DripCore
import Foundation
import TestSupport
import Testing

extension ChannelUnderTest {
    static let push = ChannelUnderTest(
        rules: .push,
        values: [
            "title": "Một tuần rồi, Lan ơi", "body": "Shop gửi bạn bảng giá mới.", "url": "https://shop.example/gia",
            "locale": "vi_VN",
        ],
        open: { port, values, now in
            let transport = try CurlTransport.underTest()
            let account = PushAccount(key: PushPeer.siteKey, contact: "mailto:it@shop.example")
            let channel = PushChannel(
                transport: PortTransport(port: port, base: transport),
                accounts: ["site": account],
                allowsLoopback: true,
                now: { now }
            )
            return OpenChannel(channel: channel) { await transport.shutdown() }
        },
        message: { values, key in
            OutgoingMessage(
                part: MessagePart(
                    .ofChannel(
                        ChannelMessage(
                            channel: .push,
                            fields: values.filter { $0.key != "locale" },
                            buttons: [],
                            purpose: .care
                        )
                    )
                ),
                person: PushPeer.person(locale: values["locale"]),
                recipient: .person(PushPeer.addressID),
                key: key
            )
        },
        step: { values in
            Step(
                id: "ngay-3",
                after: Offset(3, .day),
                via: [.push],
                channels: [
                    .push: values.filter { $0.key != "locale" }.mapValues { TextTemplate(segments: [.literal($0)]) }
                ]
            )
        },
        accepting: ScriptedServer.answering(
            "201 Created",
            headers: ["Location: https://push.example/m/1", "TTL: 86400"]
        ),
        cuttingTheSecond: { connection in
            connection.readRequest()
            connection.respond("201 Created")
            connection.readRequest()
        },
        answers: PushPeer.answers,
        faults: Fault.overHTTP,
        limits: [
            Limit(value: "title", scalars: 100), Limit(value: "body", scalars: 500),
            Limit(value: "url", scalars: 1_000, letter: "a"),
        ],
        fields: ["title", "body", "url"].map { name in
            HostileField(
                name: name,
                // What no browser would take.
                mayRefuse: { PushPeer.jsonBytes($0) > PushEncryption.longest - 400 },
                isIntact: { read, text in HostileText.same(read[name], text) }
            )
        } + [
            HostileField(
                name: "locale",
                mayRefuse: { PushPeer.jsonBytes($0) > PushEncryption.longest - 400 },
                isIntact: { read, text in
                    HostileText.same(read["locale"], String(text.prefix { $0 != "_" && $0 != "-" }))
                }
            )
        ],
        secrets: PushPeer.secrets,
        read: { received in try received.map(PushPeer.read) },
        identity: { [$0["topic"], $0["tag"]] }
    )
}

/// A browser, and the push service that its notifications go to.
enum PushPeer {
    /// The receiver of RFC 8291, appendix A.
    static let browserKey = Data(base64URL: "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94") ?? Data()
    static let authentication = Data(base64URL: "BTBZMqHH6r4Tts7J_aSIgg") ?? Data()
    static let siteKey = VAPIDKey("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw") ?? VAPIDKey()
    static let addressID = "c2VjcmV0LWFkZHJlc3M"
    private static let p256dh =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    private static let path = "/wpush/v2/gAAAAABendpointSecret%2fx%2bx"

    static let secrets = [
        "gAAAAABendpointSecret", p256dh, "BTBZMqHH6r4Tts7J_aSIgg", siteKey.text, "vapid t=", "eyJ", addressID,
    ]

    /// The test's port is put in by `PortTransport`: the address is older than the server.
    static func person(endpoint: String = "http://127.0.0.1\(path)", locale: String? = nil) -> Person {
        Person(
            id: PersonID(rawValue: 1),
            address: Address(
                id: AddressID(rawValue: 1),
                account: Account(id: AccountID(rawValue: 1), channel: .push, externalID: "site"),
                externalID: addressID,
                details: #"{"endpoint":"\#(endpoint)","keys":{"p256dh":"\#(p256dh)","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}"#
            ),
            attributes: locale.map { ["locale": $0] } ?? [:]
        )
    }

    static func jsonBytes(_ text: String) -> Int { (try? JSONEncoder().encode(text).count) ?? 0 }

    /// Reads a notification as a browser does, and checks the headers that push services check.
    static func read(_ received: [UInt8]) throws -> [String: String] {
        let request = try ReceivedRequest(received)
        // Not JSONSerialization, which drops a byte order mark at the start of a text.
        let shown = try JSONDecoder().decode(ShownNotification.self, from: Data(decrypted(request.body)))
        var values: [String: String] = [:]
        values["title"] = shown.notification.title
        values["body"] = shown.notification.body
        values["url"] = shown.notification.navigate
        values["locale"] = shown.notification.lang
        values["tag"] = shown.notification.tag
        values["topic"] = request.headers["topic"]
        var problems: [String] = []
        if request.line != "POST \(path) HTTP/1.1" { problems.append(request.line) }
        if request.headers["ttl"].flatMap(Int.init) ?? 0 < 1 { problems.append("no TTL") }
        if request.headers["content-encoding"] != "aes128gcm" { problems.append("no encoding") }
        // RFC 8030, section 5.4.
        let isTopic = request.headers["topic"]?.wholeMatch(of: /[A-Za-z0-9_-]{1,32}/) != nil
        if !isTopic { problems.append("no topic") }
        if shown.web_push != 8030 { problems.append("not declarative") }
        if !problems.isEmpty { values["problems"] = problems.joined(separator: "; ") }
        return values
    }

    /// RFC 8188 and RFC 8291, from the receiver's side.
    static func decrypted(_ body: [UInt8]) throws -> [UInt8] {
        let browser = try P256.KeyAgreement.PrivateKey(rawRepresentation: browserKey)
        let (salt, length) = (Data(body[..<16]), Int(body[20]))
        let sender = try P256.KeyAgreement.PublicKey(x963Representation: body[21..<(21 + length)])
        let material = try browser.sharedSecretFromKeyAgreement(with: sender).hkdfDerivedSymmetricKey(
            using: SHA256.self,
            salt: authentication,
            sharedInfo: Data("WebPush: info\0".utf8) + browser.publicKey.x963Representation + sender.x963Representation,
            outputByteCount: 32
        )
        func derived(_ info: String, _ count: Int) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: material,
                salt: salt,
                info: Data(info.utf8),
                outputByteCount: count
            )
        }
        let nonce = derived("Content-Encoding: nonce\0", 12).withUnsafeBytes { Data($0) }
        let record = try AES.GCM.open(
            AES.GCM.SealedBox(combined: nonce + Data(body[(21 + length)...])),
            using: derived("Content-Encoding: aes128gcm\0", 16)
        )
        let end = try #require(record.lastIndex { $0 != 0 })
        try #require(record[end] == 2)
        return Array(record[..<end])
    }

    /// channels-2.md, 1.5, and fixtures/channels/webpush/responses.json.
    static let answers: [PlatformAnswer] = [
        answer("200 OK", .accepted), answer("201 Created", .accepted), answer("202 Accepted", .accepted),
        answer(
            "410 Gone",
            #"{"code":410,"errno":106,"error":"Gone","message":"Request did not validate: Bridged endpoint no longer valid"}"#,
            .refused(.person, code: "410")
        ),
        answer("410 Gone", "push subscription has unsubscribed or expired.", .refused(.person, code: "410")),
        answer("410 Gone", #"{"reason":"Unregistered"}"#, .refused(.person, code: "410")),
        answer(
            "404 Not Found",
            #"{"code":404,"errno":102,"message":"Invalid endpoint"}"#,
            .refused(.person, code: "404")
        ),
        answer("401 Unauthorized", #"{"code":401,"errno":109}"#, .refused(.perhapsPage, code: "401")),
        answer("403 Forbidden", #"{"reason":"BadJwtToken"}"#, .refused(.perhapsPage, code: "403")),
        answer(
            "403 Forbidden",
            """
            the VAPID credentials in the authorization header do not correspond to the credentials used to create the \
            subscriptions.
            """,
            .refused(.person, code: "403")
        ),
        answer(
            "400 Bad Request",
            headers: [
                "X-WNS-Error-Description: Ttl value conflicts with X-WNS-Cache-Policy.", "X-WNS-Status: dropped",
            ],
            .refused(.perhapsPage, code: "400")
        ),
        answer("400 Bad Request", "UnauthorizedRegistration", .refused(.person, code: "400")),
        answer("406 Not Acceptable", headers: ["x-wns-status: appthrottled"], .refused(.slowDown, code: "406")),
        answer("413 Payload Too Large", #"{"code":413,"errno":104}"#, .refused(.message, code: "413")),
        answer("429 Too Many Requests", .refused(.slowDown, code: "429")),
        answer(
            "429 Too Many Requests",
            headers: ["Retry-After: 120"],
            .refused(.slowDown, code: "429", retryAfter: .minutes(2))
        ),
        answer(
            "429 Too Many Requests",
            headers: ["Retry-After: Mon, 30 Nov 2026 02:02:00 GMT"],
            .refused(.slowDown, code: "429", retryAfter: .minutes(2))
        ),
        // Over: at once. Absurd: a day. Not understood: nothing.
        answer(
            "429 Too Many Requests",
            headers: ["Retry-After: Mon, 30 Nov 2026 01:00:00 GMT"],
            .refused(.slowDown, code: "429", retryAfter: .zero)
        ),
        answer(
            "429 Too Many Requests",
            headers: ["Retry-After: 99999999"],
            .refused(.slowDown, code: "429", retryAfter: .days(1))
        ),
        answer(
            "429 Too Many Requests",
            headers: ["Retry-After: Mon, 30 Nov 2099 01:00:00 GMT"],
            .refused(.slowDown, code: "429", retryAfter: .days(1))
        ),
        answer("429 Too Many Requests", headers: ["Retry-After: soon"], .refused(.slowDown, code: "429")),
        answer("500 Internal Server Error", .refused(.retry, code: "500")),
        answer("502 Bad Gateway", "<html>", .refused(.retry, code: "502")),
        answer(
            "503 Service Unavailable",
            headers: ["Retry-After: Mon, 30 Nov 2026 02:00:30 GMT"],
            .refused(.retry, code: "503", retryAfter: .seconds(30))
        ),
        answer("307 Temporary Redirect", headers: ["Location: http://127.0.0.1:9/"], .refused(.retry, code: "307")),
        answer("451 Unavailable For Legal Reasons", .refused(.message, code: "451")),
    ]

    private static func answer(
        _ status: String,
        headers: [String] = [],
        _ outcome: ExpectedOutcome
    ) -> PlatformAnswer {
        answer(status, "", headers: headers, outcome)
    }

    private static func answer(
        _ status: String,
        _ body: String,
        headers: [String] = [],
        _ outcome: ExpectedOutcome
    ) -> PlatformAnswer {
        PlatformAnswer(
            text: ([status] + headers + [body]).joined(separator: " "),
            script: ScriptedServer.answering(status, headers: headers, body: body),
            outcome: outcome
        )
    }
}

/// Sends each request for 127.0.0.1 to the port of a test's server.
struct PortTransport: Transport {
    let port: Int
    let base: any Transport

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var request = request
        request.url = request.url.replacing("http://127.0.0.1/", with: "http://127.0.0.1:\(port)/")
        return try await base.send(request)
    }
}

/// A declarative notification, as browsers read it.
private struct ShownNotification: Decodable {
    struct Content: Decodable {
        let title: String
        let body: String?
        let navigate: String?
        let lang: String?
        let tag: String?
    }

    let web_push: Int
    let notification: Content
}
