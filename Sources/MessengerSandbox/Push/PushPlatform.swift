import Crypto

/// The push service's state and rules as a value (RFC 8030, 8291, 8292), with the browsers that it serves.
/// ``PushSandbox`` and the server perform the I/O.
struct PushPlatform: Sendable {
    static let (subscriptionLimit, notificationLimit) = (10_000, 10_000)
    /// RFC 8030, section 7.2; services take no more.
    static let payloadLimit = 4096
    /// RFC 8030, section 5.4.
    private static let topicLimit = 32
    /// 28 days, as at Mozilla and Google. A longer time to live is cut.
    private static let ttlLimit: Int64 = 28 * 86_400
    private static let urgencies = ["very-low", "low", "normal", "high"]

    /// The URL of the sandbox, which ``Sandbox`` sets when it listens.
    var baseURL = ""
    private var identifiers: IdentifierSource
    private var byPath: [String: BrowserSubscription] = [:]
    private var paths: [String] = []
    private(set) var notifications = RecentEntries<PushNotification>(countLimit: notificationLimit)
    private var faults = CountedQueue<PushFault>()

    /// - Parameter run: a number that is unique to this run; endpoints are made from it.
    init(run: UInt64) {
        identifiers = IdentifierSource(run: run)
    }

    // MARK: For browsers

    var subscriptions: [BrowserSubscription] { paths.compactMap { byPath[$0] } }

    /// - Parameters:
    ///   - applicationServerKey: the key that the site gives to `pushManager.subscribe`, in base64url.
    ///   - key: the browser's new key.
    ///   - authentication: 16 random bytes.
    mutating func subscribe(
        applicationServerKey: String,
        key: P256.KeyAgreement.PrivateKey,
        authentication: [UInt8],
        now: Int64
    ) throws(ControlError) -> BrowserSubscription {
        guard byPath.count < Self.subscriptionLimit else {
            throw .full("\(Self.subscriptionLimit) subscriptions exist")
        }
        guard let siteKey = Base64URL.decode(applicationServerKey),
            (try? P256.Signing.PublicKey(x963Representation: siteKey)) != nil
        else { throw .invalid("application_server_key must be a point of P-256, uncompressed, in base64url") }
        // Microsoft's endpoints have %2f, which senders must not decode.
        let path = "/push/\(identifiers.objectID())%2fsandbox"
        let subscription = BrowserSubscription(
            endpoint: baseURL + path,
            createdAt: now,
            applicationServerKey: siteKey,
            key: key,
            authentication: authentication
        )
        byPath[path] = subscription
        paths.append(path)
        return subscription
    }

    /// Changes whether the browser is online, and whether the subscription still exists. A browser that comes online
    /// gets what has waited for it.
    mutating func changeBrowser(
        _ endpoint: String,
        isOnline: Bool?,
        isGone: Bool?,
        now: Int64
    ) throws(ControlError) -> BrowserSubscription {
        let path = String(endpoint.dropFirst(baseURL.count))
        guard endpoint.hasPrefix(baseURL), var subscription = byPath[path] else {
            throw .unknownSubscription(endpoint)
        }
        if isGone == false, subscription.isGone {
            throw .invalid("a subscription that is gone stays so; make a new one")
        }
        subscription.isGone = isGone ?? subscription.isGone
        subscription.isOnline = isOnline ?? subscription.isOnline
        byPath[path] = subscription
        if subscription.isOnline || subscription.isGone {
            let isReachable = !subscription.isGone
            notifications.change {
                $0.endpoint == endpoint && $0.state == .waiting
            } _: {
                $0.state = isReachable && !$0.isExpired(at: now) ? .delivered : .expired
            }
        }
        return subscription
    }

    // MARK: What goes wrong

    mutating func inject(_ fault: PushFault) throws(ControlError) {
        try fault.validate()
        try faults.append(fault, count: fault.count)
    }

    mutating func clearFaults() {
        faults.removeAll()
    }

    // MARK: For application servers

    mutating func answer(_ request: PushRequest, now: Int64) -> PushAnswer {
        guard let subscription = byPath[request.path] else { return .unknownEndpoint }
        let fault = faults.take { $0.endpoint == nil || $0.endpoint == subscription.endpoint }?.kind
        var answer: PushAnswer
        switch fault {
        case .error(let status, let retryAfter): return .fault(status: status, retryAfter: retryAfter)
        case .refuse: answer = .unknownEndpoint
        case .delay, .lostAnswer, nil:
            do throws(PushAnswer) {
                answer = try accept(request, for: subscription, now: now)
            } catch {
                answer = error
            }
        }
        switch fault {
        case .refuse, .lostAnswer: answer.handling = .close
        case .delay(let milliseconds): answer.handling = .answerLater(milliseconds: milliseconds)
        case .error, nil: break
        }
        return answer
    }

    private mutating func accept(
        _ request: PushRequest,
        for subscription: BrowserSubscription,
        now: Int64
    ) throws(PushAnswer) -> PushAnswer {
        guard !subscription.isGone else { throw .gone }
        guard let body = request.body else { throw .tooLarge }
        guard body.count <= Self.payloadLimit else { throw .tooLarge }
        guard let ttl = request.ttl.flatMap(Self.ttl) else { throw .badRequest("TTL must be a number of seconds") }
        guard request.contentEncoding == "aes128gcm" else { throw .badRequest("Content-Encoding must be aes128gcm") }
        let topic = request.topic
        if let topic, !(1...Self.topicLimit).contains(topic.utf8.count) || !Base64URL.isValid(topic) {
            throw .badRequest("Topic has 1 to \(Self.topicLimit) characters of base64url")
        }
        let urgency = request.urgency ?? "normal"
        guard Self.urgencies.contains(urgency) else {
            throw .badRequest("Urgency must be one of \(Self.urgencies.joined(separator: ", "))")
        }
        let authorization = try VAPIDAuthorization(request.authorization)
        guard authorization.key == subscription.applicationServerKey else { throw .otherKey }
        try authorization.verify(origin: origin, now: now)
        let number = add(body, for: subscription, ttl: ttl, urgency: urgency, topic: topic, now: now)
        return PushAnswer(
            status: 201,
            headers: [("Location", "\(baseURL)/push/messages/\(number)"), ("TTL", "\(ttl)")]
        )
    }

    private mutating func add(
        _ message: [UInt8],
        for subscription: BrowserSubscription,
        ttl: Int64,
        urgency: String,
        topic: String?,
        now: Int64
    ) -> Int {
        var (payload, problem): (String?, String?)
        do throws(PushDecryption.Problem) {
            let decrypted = try PushDecryption.decrypt(
                message,
                key: subscription.key,
                authentication: subscription.authentication
            )
            payload = String(decoding: decrypted, as: UTF8.self)
        } catch {
            problem = error.description
        }
        if let topic {
            notifications.change {
                $0.endpoint == subscription.endpoint && $0.topic == topic && $0.state == .waiting
            } _: {
                $0.state = .replaced
            }
        }
        let state: PushNotification.State =
            if subscription.isOnline { .delivered } else { ttl == 0 ? .expired : .waiting }
        return notifications.append { number in
            PushNotification(
                number: number,
                at: now,
                endpoint: subscription.endpoint,
                payload: payload,
                problem: problem,
                ttlSeconds: ttl,
                urgency: urgency,
                topic: topic,
                state: state
            )
        }.number
    }

    private static func ttl(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text).map { min($0, ttlLimit) }
    }

    /// The origin of the endpoints, without the usual port (RFC 6454).
    private var origin: String {
        baseURL.hasSuffix(":80") ? String(baseURL.dropLast(3)) : baseURL
    }
}
