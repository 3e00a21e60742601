import Channels
import Crypto
import DripCore
import Foundation
import Testing

@testable import MessengerSandbox

/// The rules of the push service.
struct PushPlatformTests {
    @Test func `a message is accepted, decrypted and delivered`() throws {
        let test = try TestPush()
        var request = try test.request()
        request.urgency = "high"
        request.topic = "don-hang_1"
        let answer = test.send(request)
        #expect(answer.status == 201)
        #expect(answer.headers.map(\.name) == ["Location", "TTL"])
        #expect(answer.headers.map(\.value) == ["http://127.0.0.1:8788/push/messages/1", "86400"])
        let notification = try #require(test.platform.notifications[1])
        #expect(
            notification
                == PushNotification(
                    number: 1,
                    at: TestPlatform.start,
                    endpoint: test.subscription.endpoint,
                    payload: #"{"title":"Xin chào"}"#,
                    problem: nil,
                    ttlSeconds: 86_400,
                    urgency: "high",
                    topic: "don-hang_1",
                    state: .delivered
                )
        )
    }

    @Test func `a subscription has the form of a browser's`() throws {
        let test = try TestPush()
        #expect(test.subscription.endpoint == "http://127.0.0.1:8788/push/300000070000000001%2fsandbox")
        let json = try JSON(bytes: Array(test.subscription.json.utf8))
        let key = try #require(json["keys"]?["p256dh"]?.string.flatMap { Base64URL.decode($0) })
        #expect(key == Array(test.subscription.key.publicKey.x963Representation))
        #expect(json["keys"]?["auth"]?.string == "AAECAwQFBgcICQoLDA0ODw")
        #expect(test.subscription.json.contains(#""expirationTime":null"#))
    }

    @Test(arguments: ["", "BA", "B" + String(repeating: "A", count: 86), "not base64url!"])
    func `a browser subscribes to no site without a key`(key: String) throws {
        let test = try TestPush()
        #expect(
            throws: ControlError.invalid("application_server_key must be a point of P-256, uncompressed, in base64url")
        ) {
            try test.platform.subscribe(
                applicationServerKey: key,
                key: P256.KeyAgreement.PrivateKey(),
                authentication: [],
                now: 0
            )
        }
    }

    @Test(arguments: [nil, "", "-1", "1.5", "a", " 1", "99999999999", "٣"])
    func `TTL is needed`(ttl: String?) throws {
        let test = try TestPush()
        var request = try test.request()
        request.ttl = ttl
        let answer = test.send(request)
        #expect(answer.status == 400)
        #expect(answer.content.contains("TTL must be a number of seconds"))
        #expect(test.states == [])
    }

    @Test func `a time to live is at most 28 days`() throws {
        let test = try TestPush()
        var request = try test.request()
        request.ttl = "9999999999"
        #expect(test.send(request).headers.last?.value == "2419200")
    }

    @Test(arguments: [nil, "", "aesgcm", "gzip"])
    func `the encoding is aes128gcm`(encoding: String?) throws {
        let test = try TestPush()
        var request = try test.request()
        request.contentEncoding = encoding
        #expect(test.send(request).status == 400)
    }

    @Test(arguments: [
        ("", 400), ("a", 201), (String(repeating: "a", count: 32), 201), (String(repeating: "a", count: 33), 400),
        ("a b", 400), ("a=", 400), ("é", 400),
    ])
    func `a topic has at most 32 characters of base64url`(topic: String, status: Int) throws {
        let test = try TestPush()
        var request = try test.request()
        request.topic = topic
        #expect(test.send(request).status == status)
    }

    @Test(arguments: [
        (nil, 201), ("very-low", 201), ("low", 201), ("normal", 201), ("high", 201), ("highest", 400), ("", 400),
    ])
    func `an urgency is one of four`(urgency: String?, status: Int) throws {
        let test = try TestPush()
        var request = try test.request()
        request.urgency = urgency
        #expect(test.send(request).status == status)
    }

    @Test func `a payload has at most 4,096 bytes`() throws {
        let test = try TestPush()
        var request = try test.request()
        request.body = [UInt8](repeating: 0, count: 4096)
        #expect(test.send(request).status == 201)
        request.body = [UInt8](repeating: 0, count: 4097)
        #expect(test.send(request).status == 413)
        request.body = nil
        #expect(test.send(request).content.contains(#""errno":104"#))
    }

    // MARK: Authorization

    @Test func `dripd's own token is accepted`() throws {
        let test = try TestPush()
        let key = VAPIDKey()
        let now = Instant(milliseconds: test.now)
        let subscription = try test.platform.subscribe(
            applicationServerKey: key.applicationServerKey,
            key: P256.KeyAgreement.PrivateKey(),
            authentication: Array(0..<16),
            now: test.now
        )
        var request = try test.request()
        request.path = String(subscription.endpoint.dropFirst(TestPush.origin.count))
        request.authorization = try key.authorization(for: TestPush.origin, contact: TestPush.contact, now: now)
        #expect(test.send(request).status == 201)
    }

    @Test(arguments: [
        nil, "", "vapid", "vapid t=a", "vapid k=a", "vapid t=a, k=a=", "WebPush a", "Bearer a", "vapid t=a, t=b, k=c",
        "vapid " + String(repeating: "a", count: 5000),
    ])
    func `a message without authorization is refused`(authorization: String?) throws {
        let test = try TestPush()
        var request = try test.request()
        request.authorization = authorization
        let answer = test.send(request)
        #expect(answer.status == 401)
        #expect(answer.content.contains(#""errno":109"#))
    }

    @Test func `the key must be the one that the subscription was made with`() throws {
        let test = try TestPush()
        let other = P256.Signing.PrivateKey()
        var request = try test.request()
        request.authorization = try test.authorization(signedBy: other, key: other)
        let answer = test.send(request)
        #expect(answer.status == 403)
        #expect(answer.content.contains("do not correspond to the credentials used to create the subscriptions"))
        #expect(test.states == [])
    }

    @Test func `the token must be signed by that key, and not be changed`() throws {
        let test = try TestPush()
        let right = try test.authorization()
        let wrong = [
            try test.authorization(signedBy: P256.Signing.PrivateKey()),
            try test.authorization(header: #"{"alg":"none"}"#), try test.authorization(header: #"{"alg":"HS256"}"#),
            try test.authorization(header: "{}"), try test.authorization(header: "ES256"),
            right.replacing("vapid t=", with: "vapid t=e30."), right.replacing("t=eyJ", with: "t=eyK"),
            right.replacing(#/\.[\w-]+, /#, with: "., "), right.replacing(/t=[^,]*,/, with: "t=a.b.c,"),
            right.replacing(/t=[^,]*,/, with: "t=...,"),
        ]
        for authorization in wrong {
            var request = try test.request()
            request.authorization = authorization
            let answer = test.send(request)
            #expect(answer.status == 403, "\(authorization)")
            #expect(answer.content.contains(#"{"reason":"BadJwtToken""#))
        }
        // Parameters in another order, and without a space.
        var request = try test.request()
        request.authorization = right.replacing(/vapid (t=.*), (k=.*)/) { "VAPID \($0.2),\($0.1)" }
        #expect(test.send(request).status == 201)
    }

    @Test(arguments: [
        "https://127.0.0.1:8788", "http://127.0.0.1", "http://127.0.0.1:8788/", "http://localhost:8788",
        "https://fcm.googleapis.com", "",
    ])
    func `the audience is the origin of the endpoint`(audience: String) throws {
        let test = try TestPush()
        var request = try test.request()
        request.authorization = try test.authorization(aud: audience)
        #expect(test.send(request).content.contains("aud is not http:\\/\\/127.0.0.1:8788"))
    }

    @Test func `an origin has no usual port`() throws {
        let test = try TestPush()
        test.platform.baseURL = "http://127.0.0.1:80"
        var request = try test.request()
        request.authorization = try test.authorization(aud: "http://127.0.0.1")
        #expect(test.send(request).status == 201)
    }

    @Test func `a token ends within a day`() throws {
        let test = try TestPush()
        let now = test.now / 1000
        for (exp, status) in [
            ("\(now + 1)", 201), ("\(now + 86_400)", 201), ("\(now + 86_401)", 403), ("\(now)", 403),
            ("\(now - 1)", 403), ("0", 403), ("null", 403), ("\"\(now + 1)\"", 403), ("9223372036854775807", 403),
        ] {
            var request = try test.request()
            request.authorization = try test.authorization(exp: exp)
            #expect(test.send(request).status == status, "\(exp)")
        }
    }

    @Test(arguments: [
        ("mailto:it@shop.example", 201), ("https://shop.example", 201), ("https://shop.example/contact?a=b", 201),
        ("https://shop.example:8443/", 201), ("it@shop.example", 403), ("mailto: <it@shop.example>", 403),
        ("mailto:it@localhost", 403), ("mailto:it@shop.invalid", 403), ("mailto:it@shop..example", 403),
        ("http://shop.example", 403), ("https://localhost", 403), ("https://", 403), ("https://a@shop.example", 403),
        ("mailto:", 403), ("", 403),
    ])
    func `the subject is a contact that can be reached`(subject: String, status: Int) throws {
        let test = try TestPush()
        var request = try test.request()
        request.authorization = try test.authorization(sub: subject)
        #expect(test.send(request).status == status)
    }

    // MARK: Browsers

    @Test func `a topic replaces what waits, and only that`() throws {
        let test = try TestPush()
        func send(_ text: String, topic: String?) throws {
            var request = try test.request(text)
            request.topic = topic
            #expect(test.send(request).status == 201)
        }
        try send("shown", topic: "a")
        try test.change(isOnline: false)
        try send("one", topic: "a")
        try send("two", topic: "b")
        try send("three", topic: "a")
        try send("four", topic: nil)
        #expect(test.states == ["delivered", "replaced", "waiting", "waiting", "waiting"])
        #expect(test.payloads == ["shown", "one", "two", "three", "four"])
        try test.change(isOnline: true)
        #expect(test.states == ["delivered", "replaced", "delivered", "delivered", "delivered"])
    }

    @Test func `what waits too long is not delivered`() throws {
        let test = try TestPush()
        try test.change(isOnline: false)
        for ttl in ["0", "60", "61"] {
            var request = try test.request()
            request.ttl = ttl
            _ = test.send(request)
        }
        #expect(test.states == ["expired", "waiting", "waiting"])
        test.now += 60_000
        try test.change(isOnline: true)
        #expect(test.states == ["expired", "expired", "delivered"])
    }

    @Test func `a subscription that is gone stays so`() throws {
        let test = try TestPush()
        try test.change(isOnline: false)
        _ = test.send(try test.request())
        #expect(try test.change(isGone: true).isGone)
        #expect(test.states == ["expired"])
        let answer = test.send(try test.request())
        #expect(answer.status == 410)
        #expect(answer.content.contains(#""errno":106"#))
        #expect(throws: ControlError.self) { try test.change(isGone: false) }
        #expect(try test.change(isOnline: true).isGone)
        #expect(throws: ControlError.unknownSubscription("http://127.0.0.1:8788/push/x")) {
            try test.platform.changeBrowser("http://127.0.0.1:8788/push/x", isOnline: true, isGone: nil, now: 0)
        }
        #expect(throws: ControlError.unknownSubscription("x")) {
            try test.platform.changeBrowser("x", isOnline: true, isGone: nil, now: 0)
        }
    }

    @Test(arguments: ["/push/1", "/push/", "/push/300000070000000001/sandbox", "/push/300000070000000001%2Fsandbox"])
    func `an endpoint without a subscription is unknown, and so is one that was decoded`(path: String) throws {
        let test = try TestPush()
        var request = try test.request()
        request.path = path
        let answer = test.send(request)
        #expect(answer.status == 404)
        #expect(answer.content.contains(#""errno":102"#))
    }

    @Test func `a message that the browser cannot decrypt is accepted all the same`() throws {
        let test = try TestPush()
        var request = try test.request()
        let body = try #require(request.body)
        request.body = body.dropLast() + [try #require(body.last) ^ 1]
        #expect(test.send(request).status == 201)
        request.body = []
        #expect(test.send(request).status == 201)
        #expect(test.payloads == [nil, nil])
        #expect(
            test.platform.notifications[1]?.problem
                == "the message was encrypted for another browser, or was changed"
        )
        #expect(test.platform.notifications[2]?.problem == "the header does not have the sender's key")
    }

    // MARK: Faults

    @Test(arguments: [
        (400, "", "X-WNS-Error-Description"), (401, #""errno":109"#, nil), (403, "do not correspond", nil),
        (404, #""errno":102"#, nil), (406, "", "X-WNS-Status"), (410, #""errno":106"#, nil),
        (413, #""errno":104"#, nil),
        (429, "Too many messages", nil), (500, #""code":500"#, nil), (503, #""code":503"#, nil),
    ])
    func `a service may refuse what is right`(status: Int, content: String, header: String?) throws {
        let test = try TestPush()
        try test.inject(.error(status: status), count: 2)
        for _ in 1...2 {
            let answer = test.send(try test.request())
            #expect(answer.status == status)
            #expect(content.isEmpty ? answer.content.isEmpty : answer.content.contains(content))
            #expect(answer.headers.first?.name == header)
            #expect(answer.handling == .answer)
        }
        #expect(test.states == [])
        #expect(test.send(try test.request()).status == 201)
    }

    @Test(arguments: ["120", "Mon, 30 Nov 2026 02:00:00 GMT"])
    func `a service says when to come again`(value: String) throws {
        let test = try TestPush()
        try test.inject(.error(status: 429, retryAfter: value))
        #expect(test.send(try test.request()).headers.map { "\($0.name): \($0.value)" } == ["Retry-After: \(value)"])
    }

    @Test func `a lost answer, a refused connection and a late answer`() throws {
        let test = try TestPush()
        try test.inject(.lostAnswer)
        #expect(test.send(try test.request()).handling == .close)
        #expect(test.states == ["delivered"])
        try test.inject(.refuse)
        #expect(test.send(try test.request()).handling == .close)
        #expect(test.states == ["delivered"])
        try test.inject(.delay(milliseconds: 700))
        #expect(test.send(try test.request()).handling == .answerLater(milliseconds: 700))
        #expect(test.states == ["delivered", "delivered"])
    }

    @Test func `a fault applies to its subscription, until faults are cleared`() throws {
        let test = try TestPush()
        try test.inject(.error(status: 500), endpoint: "http://127.0.0.1:8788/push/x")
        #expect(test.send(try test.request()).status == 201)
        try test.inject(.error(status: 500), endpoint: test.subscription.endpoint, count: 9)
        #expect(test.send(try test.request()).status == 500)
        test.platform.clearFaults()
        #expect(test.send(try test.request()).status == 201)
    }

    @Test func `faults have limits`() throws {
        let test = try TestPush()
        #expect(throws: ControlError.invalid("status must be from 400 to 599")) {
            try test.inject(.error(status: 201))
        }
        #expect(throws: ControlError.invalid("milliseconds must be from 0 to 600000")) {
            try test.inject(.delay(milliseconds: 600_001))
        }
        #expect(throws: ControlError.invalid("retry_after has at most 100 ASCII characters")) {
            try test.inject(.error(status: 429, retryAfter: "1\r\nSet-Cookie: a=b"))
        }
        #expect(throws: ControlError.invalid("count must be from 1 to 100000")) { try test.inject(.refuse, count: 0) }
    }
}
