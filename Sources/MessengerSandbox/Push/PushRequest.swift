/// A message for a browser, as an application server posts it. Not validated yet.
struct PushRequest: Sendable {
    /// The path of the subscription's endpoint as it came, with its `%2f`.
    var path: String
    var ttl: String?
    var contentEncoding: String?
    var authorization: String?
    var topic: String?
    var urgency: String?
    /// nil if it is above ``PushPlatform/payloadLimit``.
    var body: [UInt8]?
}

/// The answer of the push service.
struct PushAnswer: Sendable, Error {
    var handling = GraphAnswer.Handling.answer
    let status: Int
    var headers: [(name: String, value: String)] = []
    var body: JSON?
    /// Instead of `body`, for the services that do not answer with JSON.
    var text: String?
}

/// Refusals. Each is in the form of a real service, since senders must understand them all.
extension PushAnswer {
    /// Mozilla's form: https://mozilla-services.github.io/autopush-rs/errors.html
    private static func mozilla(_ status: Int, errno: Int?, _ error: String, _ message: String) -> PushAnswer {
        var members: [JSON.Member] = [.init(name: "code", value: .integer(Int64(status)))]
        if let errno { members.append(.init(name: "errno", value: .integer(Int64(errno)))) }
        members.append(.init(name: "error", value: .string(error)))
        members.append(.init(name: "message", value: .string(message)))
        return PushAnswer(status: status, body: .object(members))
    }

    static let unknownEndpoint = mozilla(404, errno: 102, "Not Found", "Invalid endpoint")
    static let gone = mozilla(410, errno: 106, "Gone", "Subscription is gone")
    static let tooLarge = mozilla(
        413,
        errno: 104,
        "Payload Too Large",
        "A message has at most \(PushPlatform.payloadLimit) bytes"
    )
    static let unauthorized = mozilla(401, errno: 109, "Unauthorized", "Authorization must be vapid t=…, k=…")

    static func badRequest(_ message: String) -> PushAnswer { mozilla(400, errno: 110, "Bad Request", message) }

    /// Apple's answer to a token with a wrong signature, audience, time or subject. `problem` is our own.
    static func badToken(_ problem: String) -> PushAnswer {
        PushAnswer(status: 403, body: ["reason": "BadJwtToken", "problem": .string(problem)])
    }

    /// FCM's answer to the key of another application server.
    static let otherKey = PushAnswer(
        status: 403,
        text:
            "the VAPID credentials in the authorization header do not correspond to the credentials used to create the "
            + "subscriptions."
    )

    /// The answer that a fault asks for.
    static func fault(status: Int, retryAfter: String?) -> PushAnswer {
        var answer: PushAnswer
        switch status {
        // WNS gives its reasons in headers.
        case 400:
            answer = PushAnswer(
                status: 400,
                headers: [
                    ("X-WNS-Error-Description", "Ttl value conflicts with X-WNS-Cache-Policy."),
                    ("X-WNS-Status", "dropped"), ("X-WNS-NotificationStatus", "dropped"),
                ]
            )
        case 406:
            answer = PushAnswer(
                status: 406,
                headers: [("X-WNS-Status", "appthrottled"), ("X-WNS-NotificationStatus", "appthrottled")]
            )
        case 401: answer = .unauthorized
        case 403: answer = .otherKey
        case 404: answer = .unknownEndpoint
        case 410: answer = .gone
        case 413: answer = .tooLarge
        case 429: answer = mozilla(429, errno: nil, "Too Many Requests", "Too many messages")
        default: answer = mozilla(status, errno: nil, "Error", "The sandbox was asked for this error")
        }
        if let retryAfter { answer.headers.append(("Retry-After", retryAfter)) }
        return answer
    }
}
