/// The platform's state and rules as a value. From a call and the time it computes the answer and the webhooks that
/// follow; ``Sandbox`` and the server perform the I/O.
struct Platform: Sendable {
    static let logLimit = 100_000

    let pageID: String
    let pageName: String
    let pageToken: String
    let appSecret: String
    var writer: WebhookWriter
    /// The URL of the sandbox, which ``Sandbox`` sets when it listens.
    var baseURL: String
    var identifiers: IdentifierSource
    var calls: RateMeter
    var audioOrVideoCalls: RateMeter
    var conversationCalls: RateMeter
    var privateReplies: RateMeter
    var usage = UsageMeter()
    let callsPerEngagedUser: Int
    /// When the page last exceeded its messages per second; milliseconds since 1970.
    var lastExcessAt: Int64?
    let freezeMilliseconds: Int64
    var faults = FaultQueue()
    var standing = PageStanding()
    var everybody = People()
    var comments = Comments()
    var attachments = Attachments()
    var personas: [Persona] = []
    /// The webhook fields that the page is subscribed to; other events are not sent.
    var subscribedFields = Platform.webhookFields
    /// The Messenger profile. The sandbox's page has a Get Started button from the start.
    var profile: [String: JSON] = ["get_started": ["payload": "GET_STARTED"]]
    /// "10 API calls per 10 minute interval" (https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api).
    var profileCalls = RateMeter(limit: 10, per: 10 * 60 * 1000)
    var templates: [MessageTemplate] = []
    var tokens: [String: PermissionToken] = [:]
    /// The messages whose "Notify Me" button was tapped.
    var tappedRequests: Set<String> = []
    /// Whether people read each message at once.
    let readsAtOnce: Bool
    var notes = Notes()
    var webhooks: [Webhook] = []
    var log = MessageLog(limit: Platform.logLimit)

    /// - Parameter run: a number that is unique to this run; ids are made from it.
    init(_ configuration: SandboxConfiguration, run: UInt64) {
        pageID = configuration.pageID
        pageName = configuration.pageName
        pageToken = configuration.pageToken
        appSecret = configuration.appSecret
        writer = WebhookWriter(
            pageID: configuration.pageID,
            appID: configuration.appID,
            inboxAppID: configuration.inboxAppID
        )
        readsAtOnce = configuration.readsAtOnce
        baseURL = "http://\(configuration.host):\(configuration.port)"
        identifiers = IdentifierSource(run: run)
        calls = RateMeter(limit: configuration.messagesPerSecond)
        audioOrVideoCalls = RateMeter(limit: configuration.audioOrVideoPerSecond)
        conversationCalls = RateMeter(limit: configuration.conversationCallsPerSecond)
        privateReplies = RateMeter(limit: configuration.privateRepliesPerHour, per: RateMeter.hour)
        callsPerEngagedUser = configuration.callsPerEngagedUser
        freezeMilliseconds = configuration.freezeMilliseconds
    }

    /// Returns the webhooks since the last call, in order, and clears them.
    mutating func takeWebhooks() -> [Webhook] {
        defer { webhooks = [] }
        return webhooks
    }

    /// The base URL of the Graph API, for the paging links in answers.
    var graphURL: String { "\(baseURL)/v25.0" }

    mutating func inject(_ fault: Fault) throws(ControlError) {
        try faults.append(fault)
    }

    mutating func clearFaults() {
        faults.removeAll()
    }

    mutating func emit(_ webhook: Webhook) {
        guard subscribedFields.contains(webhook.field) else { return }
        webhooks.append(webhook)
        if faults.takeDuplication(for: webhook.person) { webhooks.append(webhook) }
    }
}
