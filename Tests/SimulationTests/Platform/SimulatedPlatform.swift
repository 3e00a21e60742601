import Channels
import DripCore
import Foundation
import TestSupport

@testable import MessengerSandbox

/// The sandbox's rules without its server: request bytes go in, answers and signed webhooks come out. It keeps its own log of
/// accepted and refused messages.
final class SimulatedPlatform {
    static let token = "page-token"
    static let secret = "app-secret"

    struct Accepted {
        let person: String
        /// The daemon's delivery key in `metadata`.
        let key: String
        let text: String?
        let messageID: String
    }

    struct Refused {
        let person: String
        let key: String
        let code: Int
        let subcode: Int?
        let isInjected: Bool
        /// Whether it was a template that the platform had not approved.
        let isOfTemplate: Bool
    }

    /// An event for the daemon.
    struct WebhookDelivery {
        let person: String
        let field: String
        let body: [UInt8]
        /// The delivery key of an echo.
        var key: String?
    }

    private var platform: Platform
    private(set) var accepted: [Accepted] = []
    private(set) var refused: [Refused] = []

    init(seed: UInt64) {
        let configuration = SandboxConfiguration(
            pageID: Event.testPage,
            pageName: "Shop",
            appSecret: Self.secret,
            pageToken: Self.token,
            webhookURL: "http://127.0.0.1/",
            host: "127.0.0.1",
            port: 80
        )
        platform = Platform(configuration, run: seed)
        makeTemplates()
    }

    /// Answers a request of the Send API.
    func answer(_ request: HTTPRequest, _ summary: RequestSummary, fault: PlatformFault?, now: Int64) -> HTTPResponse {
        let parts = request.url.split(separator: "?", maxSplits: 1).map(String.init)
        let path = parts[0].split(separator: "/").dropFirst(2).map(String.init)
        let call = GraphCall(
            version: path[0],
            object: path[1],
            edge: path.count > 2 ? path[2] : nil,
            query: parts.count > 1 ? parts[1] : "",
            authorization: request.authorization,
            contentType: "application/json",
            body: request.body
        )
        // A fault with `isTaken` reports a failure, but sends the message.
        if let fault, !fault.isTaken {
            try? platform.inject(
                Fault(kind: .error(code: fault.code, subcode: fault.subcode), person: nil, count: 1)
            )
        }
        let before = platform.log.lastNumber
        let answer = platform.answer(call, now: now)
        platform.clearFaults()
        for entry in platform.log.entries(after: before, of: nil, count: 1) {
            accepted.append(
                Accepted(
                    person: entry.person,
                    key: entry.metadata ?? "",
                    text: entry.text,
                    messageID: entry.messageID
                )
            )
        }
        var body = answer.body
        var status = answer.status
        if let error = body["error"] {
            let (code, subcode) = (Int(error["code"]?.integer ?? 0), error["error_subcode"]?.integer.map { Int($0) })
            refused.append(
                Refused(
                    person: summary.recipient,
                    key: summary.key,
                    code: code,
                    subcode: subcode,
                    isInjected: fault.map { $0.code == code && $0.subcode == subcode } ?? false,
                    isOfTemplate: summary.isTemplate && !isTemplateApproved
                )
            )
        } else if let fault, fault.isTaken {
            body = GraphError.injected(code: fault.code, subcode: fault.subcode).json(traceID: "A")
            status = 500
        }
        return HTTPResponse(
            status: status,
            headers: HTTPResponseHeaders(answer.headers.map { HTTPHeader($0.name, $0.value) }),
            body: body.bytes
        )
    }

    /// Answers a read of conversations. Such answers have a date header with the platform's time.
    func answer(_ request: HTTPRequest, fault: PlatformFault?, now: Int64) -> HTTPResponse {
        let date = HTTPHeader("date", Self.date(now))
        if let fault {
            let body = GraphError.injected(code: fault.code, subcode: fault.subcode).json(traceID: "A").bytes
            return HTTPResponse(status: 400, headers: HTTPResponseHeaders([date]), body: body)
        }
        let parts = request.url.split(separator: "?", maxSplits: 1).map(String.init)
        let path = parts[0].split(separator: "/").dropFirst(2).map(String.init)
        let call = GraphCall(
            method: .get,
            version: path[0],
            object: path[1],
            edge: path.count > 2 ? path[2] : nil,
            query: parts.count > 1 ? parts[1] : "",
            authorization: request.authorization
        )
        let answer = platform.answer(call, now: now)
        let headers = answer.headers.map { HTTPHeader($0.name, $0.value) }
        return HTTPResponse(
            status: answer.status,
            headers: HTTPResponseHeaders(headers + [date]),
            body: answer.body.bytes
        )
    }

    private static func date(_ now: Int64) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: Double(now / 1000)))
    }

    // MARK: Templates

    /// The names and texts of templates.
    private static let templates = [
        ("order_sent", "order#2 đơn của bạn đã gửi"), ("order_review", "order#3 bạn thấy sao"),
    ]
    private(set) var isTemplateApproved = true

    private func makeTemplates() {
        for (name, text) in Self.templates {
            let component: JSON = ["type": "BODY", "text": .string(text)]
            let fields: JSON = [
                "name": .string(name), "language": "vi", "category": "UTILITY", "components": .array([component]),
            ]
            do {
                _ = try platform.makeTemplate(fields, now: Instant.start.milliseconds)
            } catch {
                preconditionFailure("the sandbox refuses the template \(name): \(error)")
            }
        }
        _ = platform.takeWebhooks()
    }

    func reviewTemplates(isApproved: Bool, now: Int64) {
        isTemplateApproved = isApproved
        for (name, _) in Self.templates {
            try? platform.review(name, "vi", isApproved ? .approved : .disabled, reason: nil, now: now)
        }
        _ = platform.takeWebhooks()
    }

    /// Returns the id of the person's last message.
    func lastMessageID(from person: String) -> String? {
        platform.log.conversation(with: person).first { $0.direction == .incoming && $0.isMessage }?.messageID
    }

    /// Returns the webhooks since the last call.
    func takeLetters() -> [WebhookDelivery] {
        platform.takeWebhooks().map { webhook in
            var letter = WebhookDelivery(person: webhook.person, field: webhook.field, body: webhook.body)
            if webhook.field == "message_echoes" {
                let message = (try? JSON(bytes: webhook.body))?["entry"]?.array?.first?["messaging"]?.array?.first?[
                    "message"
                ]
                letter.key = message?["metadata"]?.string
            }
            return letter
        }
    }

    /// Returns the body of one POST with several events, and its signature. A repeated event has the same bytes.
    static func batch(_ letters: [WebhookDelivery]) -> (body: Data, signature: String) {
        let (head, tail) = (#"{"object":"page","entry":["#, "]}")
        let entries = letters.map { letter in
            String(decoding: letter.body.dropFirst(head.utf8.count).dropLast(tail.utf8.count), as: UTF8.self)
        }
        let body = Array((head + entries.joined(separator: ",") + tail).utf8)
        return (Data(body), MessengerSandbox.WebhookSignature.value(of: body, secret: secret))
    }

    // MARK: Actions of people, which return false if they are not possible

    func write(_ person: String, name: String, text: String?, ref: String?, now: Int64) -> Bool {
        (try? platform.write(as: person, name: name, text: text, ref: ref, now: now)) != nil
    }

    func tap(_ title: String, by person: String, now: Int64) -> Bool {
        do {
            _ = try platform.tap(title, by: person, value: nil, now: now)
            return true
        } catch {
            return false
        }
    }

    func comment(_ text: String, by person: String, name: String, isAnonymous: Bool, now: Int64) -> Bool {
        var draft = CommentDraft()
        draft.person = person
        draft.name = name
        draft.text = text
        draft.isAnonymous = isAnonymous
        return (try? platform.comment(draft, now: now)) != nil
    }

    func block(_ person: String) -> Bool {
        (try? platform.setBlocked(true, by: person)) != nil
    }

    func operatorWrites(_ text: String, to person: String, now: Int64) -> Bool {
        (try? platform.operatorWrites(text, to: person, now: now)) != nil
    }

    func react(_ person: String, now: Int64) -> Bool {
        let last = platform.log.conversation(with: person).first { $0.direction == .outgoing }
        guard let last else { return false }
        let act = PersonAct.react(messageID: last.messageID, reaction: "love", emoji: "❤")
        return (try? platform.act(act, by: person, now: now)) != nil
    }

    // MARK: The page's standing

    func setToken(isDead: Bool) {
        var standing = platform.standing
        standing.deadToken = isDead ? .expired : nil
        try? platform.setStanding(standing)
    }

    func setRestricted(_ isRestricted: Bool) {
        var standing = platform.standing
        standing.isRestricted = isRestricted
        try? platform.setStanding(standing)
    }
}

extension HTTPRequest {
    fileprivate var authorization: String? { headers.first { $0.name == "Authorization" }?.value }
}
