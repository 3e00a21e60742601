import Crypto
import Synchronization

/// The sandbox's push service: a ``PushPlatform`` guarded by a lock, with the clock and the tasks that wait for
/// notifications.
package final class PushSandbox: Sendable {
    /// The most notifications in one answer. The next call continues after the last of them.
    package static let notificationsPerAnswer = 1000

    private let now: @Sendable () -> Int64
    private let news = ChangeSignal()
    private let platform: Mutex<PushPlatform>

    init(run: UInt64, now: @escaping @Sendable () -> Int64) {
        self.now = now
        platform = Mutex(PushPlatform(run: run))
    }

    /// Creates a browser that subscribes to the site with this key, in base64url.
    @discardableResult
    package func subscribe(applicationServerKey: String) throws(ControlError) -> BrowserSubscription {
        let authentication = (0..<BrowserSubscription.authenticationBytes).map { _ in UInt8.random(in: .min ... .max) }
        let key = P256.KeyAgreement.PrivateKey()
        return try change { (platform, now) throws(ControlError) in
            try platform.subscribe(
                applicationServerKey: applicationServerKey,
                key: key,
                authentication: authentication,
                now: now
            )
        }
    }

    /// Changes whether the browser is online, and whether the subscription still exists; nil leaves it as it is.
    @discardableResult
    package func changeBrowser(
        _ endpoint: String,
        isOnline: Bool? = nil,
        isGone: Bool? = nil
    ) throws(ControlError) -> BrowserSubscription {
        try change { (platform, now) throws(ControlError) in
            try platform.changeBrowser(endpoint, isOnline: isOnline, isGone: isGone, now: now)
        }
    }

    /// All subscriptions in the order of their creation.
    package var subscriptions: [BrowserSubscription] { platform.withLock { $0.subscriptions } }

    /// Returns notifications with a number above `number`, oldest first.
    package func notifications(after number: Int) -> [PushNotification] {
        platform.withLock { $0.notifications.entries(after: number, count: Self.notificationsPerAnswer) }
    }

    /// Like ``notifications(after:)``, but waits up to `patience` for the first one. Cancellation ends the wait.
    package func notifications(after number: Int, within patience: Duration) async -> [PushNotification] {
        await news.wait(within: patience) { !self.notifications(after: number).isEmpty }
        return notifications(after: number)
    }

    package func inject(_ fault: PushFault) throws(ControlError) {
        try change { (platform, _) throws(ControlError) in try platform.inject(fault) }
    }

    package func clearFaults() {
        change { (platform, _) in platform.clearFaults() }
    }

    // MARK: For the server

    func answer(_ request: PushRequest) -> PushAnswer {
        change { (platform, now) in platform.answer(request, now: now) }
    }

    /// Sets the URL under which the sandbox can be reached.
    func listens(at url: String) {
        change { (platform, _) in platform.baseURL = url }
    }

    private func change<Result, Failure>(
        _ body: (inout PushPlatform, Int64) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { news.notify() }
        return try platform.withLock { (platform) throws(Failure) in try body(&platform, now()) }
    }
}
