package import Channels
package import DripCore
package import DripStore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The pages that people reach by their own links: to stop, to choose, and to subscribe to notifications.
///
/// Nothing that a GET does changes anything: mail scanners follow every link.
package struct PublicPages: Sendable {
    private let store: Store
    private let links: PublicLinks
    private let shop: String
    /// nil if the configuration has no account for notifications.
    private let serverKey: String?
    private let allowsLoopback: Bool
    private let now: @Sendable () -> Instant
    /// Called when jobs may have changed.
    private let wake: @Sendable () -> Void
    private let pace = PagePace()

    /// The maximum size of a body, in bytes: a push subscription has a few hundred, a form of preferences a few thousand.
    static let bodyLimit = 32 << 10

    /// - Parameters:
    ///   - shop: the name that people know.
    ///   - serverKey: the public key that browsers subscribe with.
    ///   - allowsLoopback: whether a push service on this machine may be used, for trials.
    package init(
        store: Store,
        links: PublicLinks,
        shop: String,
        serverKey: String?,
        allowsLoopback: Bool,
        now: @escaping @Sendable () -> Instant,
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.links = links
        self.shop = shop
        self.serverKey = serverKey
        self.allowsLoopback = allowsLoopback
        self.now = now
        self.wake = wake
    }

    func add(to router: Router<PublicRequestContext>) {
        router.get("/p/u/:token") { request, context in try await unsubscribe(request, context, posted: false) }
        router.post("/p/u/:token") { request, context in try await unsubscribe(request, context, posted: true) }
        router.get("/p/c/:token") { request, context in try await preferences(request, context) }
        router.post("/p/c/:token") { request, context in try await choose(request, context) }
        router.get("/p/style.css") { _, _ in Self.file(PageStyle.css, PageStyle.contentType) }
        router.get("/p/icon.svg") { _, _ in Self.file(PageIcon.svg, "image/svg+xml") }
        router.get("/p/icon.png") { _, _ in Self.file(bytes: PageIcon.png, "image/png") }
        guard let serverKey else { return }
        router.get("/p/push.js") { _, _ in Self.file(PushScript.javaScript, PushScript.contentType) }
        router.get("/p/worker.js") { _, _ in Self.file(PushWorker.javaScript, PushWorker.contentType) }
        router.get("/p/manifest.webmanifest") { request, _ in try manifest(request) }
        router.post("/p/push/renew") { request, _ in try await renew(request) }
        router.get("/p/push/:token") { request, context in try await pushPage(request, context, serverKey) }
        router.post("/p/push/:token") { request, context in try await subscribe(request, context, serverKey) }
    }

    // MARK: Stopping

    private func unsubscribe(_ request: Request, _ context: PublicRequestContext, posted: Bool) async throws -> Response
    {
        let visit = await visit(request, context, .unsubscribe)
        guard case .known(let address, let linked, let language) = visit else { return visit.refusal }
        if posted {
            _ = try await store.unsubscribe(address, source: .page, evidence: nil, now: now())
            wake()
        }
        let shown = linked.person.address
        let page = UnsubscribePage(
            shop: shop,
            address: MaskedAddress(shown.externalID, on: shown.account.channel)
                ?? MaskedAddress(channel: shown.account.channel),
            language: language
        )
        let preferences = PublicLinks.path(.preferences) + links.token(.preferences, address)
        return Self.page(posted ? page.confirmation(preferences: preferences) : page.question)
    }

    // MARK: Choosing

    private func preferences(_ request: Request, _ context: PublicRequestContext) async throws -> Response {
        let visit = await visit(request, context, .preferences)
        guard case .known(_, let linked, let language) = visit else { return visit.refusal }
        return Self.page(page(of: linked, language).html())
    }

    private func choose(_ request: Request, _ context: PublicRequestContext) async throws -> Response {
        let visit = await visit(request, context, .preferences)
        guard case .known(let address, let linked, let language) = visit else { return visit.refusal }
        guard let body = await Self.body(request), let form = PreferencesForm(body: body) else {
            return .text("the form is broken", status: .badRequest)
        }
        switch form.action {
        case .forget: return Self.page(page(of: linked, language).forgetQuestion)
        case .forgetConfirmed:
            _ = try await store.forget(linked.person.id, now: now())
            return Self.page(PreferencesPage.forgotten(shop: shop, language: language))
        case .stop: _ = try await store.stopAll(address, now: now())
        case .save:
            _ = try await store.choose(
                address,
                channels: Set(form.ways.filter(\.value).keys.map(ChannelName.init(rawValue:))),
                shown: Set(form.ways.keys.map(ChannelName.init(rawValue:))).intersection(linked.channels),
                ended: Set(form.sequences.filter { !$0.value }.keys).intersection(linked.sequences),
                offers: form.offers,
                now: now()
            )
        }
        wake()
        guard let changed = try await store.person(with: address) else { return Self.unknown(language) }
        return Self.page(page(of: changed, language).html(isSaved: form.action == .save))
    }

    private func page(of linked: LinkedPerson, _ language: PageLanguage) -> PreferencesPage {
        let catalog = store.catalog
        let consents = linked.ways.consents
        let ways = linked.channels.map { channel in
            let address = linked.ways.addresses.last { $0.account.channel == channel }
            return PreferencesPage.Way(
                id: channel.rawValue,
                channel: channel,
                address: address.flatMap { MaskedAddress($0.externalID, on: channel) },
                isOn: consents.state(on: channel, for: .care) != .withdrawn
            )
        }
        let offers = consents.filter { $0.channel == nil }.state(on: .messenger, for: .promotion)
        return PreferencesPage(
            shop: shop,
            ways: ways,
            sequences: linked.sequences.map { .init(id: $0, title: catalog[$0]?.title ?? $0, isOn: true) },
            offers: offers != .withdrawn,
            isStopped: linked.person.stoppedAt != nil,
            language: language
        )
    }

    // MARK: Notifications

    private func pushPage(
        _ request: Request,
        _ context: PublicRequestContext,
        _ serverKey: String
    ) async throws -> Response {
        let visit = await visit(request, context, .push)
        guard case .known(let address, _, let language) = visit else { return visit.refusal }
        return Self.page(pushPage(address, language, serverKey).html)
    }

    private func pushPage(_ address: AddressID, _ language: PageLanguage, _ serverKey: String) -> PushPage {
        PushPage(shop: shop, serverKey: serverKey, token: links.token(.push, address), language: language)
    }

    private func subscribe(
        _ request: Request,
        _ context: PublicRequestContext,
        _ serverKey: String
    ) async throws -> Response {
        let visit = await visit(request, context, .push)
        guard case .known(let address, _, let language) = visit else { return visit.refusal }
        guard let body = await Self.body(request) else { return .text("the body is broken", status: .badRequest) }
        let subscription: PushSubscription
        do {
            subscription = try PushSubscription(json: Data(body), allowsLoopback: allowsLoopback)
        } catch {
            return .text(error.description, status: .badRequest)
        }
        let isTaken = try await store.subscribe(
            address,
            on: .push,
            endpoint: subscription.endpoint,
            details: subscription.json,
            wording: pushPage(address, language, serverKey).wording,
            now: now()
        )
        guard isTaken else { return .text("this person gets no messages any more", status: .conflict) }
        wake()
        return Response(status: .noContent)
    }

    /// A browser replaces its subscription by itself. It proves itself by the old one, which nobody else knows.
    private func renew(_ request: Request) async throws -> Response {
        struct Renewal: Decodable {
            let old: String
        }
        guard let body = await Self.body(request),
            let old = try? JSONDecoder().decode(Renewal.self, from: Data(body)).old,
            let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any], let new = object["new"],
            let json = try? JSONSerialization.data(withJSONObject: new),
            let subscription = try? PushSubscription(json: json, allowsLoopback: allowsLoopback)
        else { return .text("the body is broken", status: .badRequest) }
        let isKnown = try await store.renewSubscription(
            old,
            on: .push,
            endpoint: subscription.endpoint,
            details: subscription.json
        )
        return Response(status: isKnown ? .noContent : .notFound)
    }

    private func manifest(_ request: Request) throws -> Response {
        let language = PageLanguage(acceptLanguage: request.headers[.acceptLanguage])
        let token = String(request.uri.queryParameters["token"] ?? "")
        guard links.address(of: token, for: .push) != nil else { return Self.unknown(language) }
        return Self.file(try PushManifest.json(shop: shop, token: token, language: language), PushManifest.contentType)
    }

    // MARK: Visits

    /// A request with a link of a person.
    private enum Visit {
        case known(AddressID, LinkedPerson, PageLanguage)
        case refused(Response)

        var refusal: Response {
            if case .refused(let response) = self { response } else { Response(status: .notFound) }
        }
    }

    private func visit(
        _ request: Request,
        _ context: PublicRequestContext,
        _ purpose: PublicLinks.Purpose
    ) async -> Visit {
        let language = PageLanguage(acceptLanguage: request.headers[.acceptLanguage])
        guard let token = context.parameters.get("token"), let address = links.address(of: token, for: purpose) else {
            return .refused(Self.unknown(language))
        }
        guard pace.mayVisit(address, at: now()) else {
            var response = Self.page(NoticePage.tooManyRequests.html(language), status: .tooManyRequests)
            response.headers[.retryAfter] = "60"
            return .refused(response)
        }
        do {
            guard let linked = try await store.person(with: address) else { return .refused(Self.unknown(language)) }
            let locale = linked.person.attributes["locale"]
            return .known(
                address,
                linked,
                PageLanguage(locale: locale, acceptLanguage: request.headers[.acceptLanguage])
            )
        } catch {
            return .refused(.text("dripd cannot read its database now; try again later", status: .serviceUnavailable))
        }
    }

    private static func unknown(_ language: PageLanguage) -> Response {
        page(NoticePage.unknownLink.html(language), status: .notFound)
    }

    private static func page(_ html: String, status: HTTPResponse.Status = .ok) -> Response {
        var response = file(html, PageLayout.contentType)
        response.status = status
        for header in PageLayout.headers {
            if let name = HTTPField.Name(header.name) { response.headers[name] = header.value }
        }
        return response
    }

    private static func file(_ text: String, _ contentType: String) -> Response {
        file(bytes: Array(text.utf8), contentType)
    }

    private static func file(bytes: [UInt8], _ contentType: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: contentType, .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    private static func body(_ request: Request) async -> [UInt8]? {
        var request = request
        return (try? await request.collectBody(upTo: bodyLimit)).map { Array($0.readableBytesView) }
    }
}

extension LinkedPerson {
    /// The channels on which the person has an address.
    fileprivate var channels: [ChannelName] {
        var seen: Set<ChannelName> = []
        return ways.addresses.map(\.account.channel).filter { seen.insert($0).inserted }
    }
}

/// The limit on visits to one person's pages. A token cannot be guessed, but its owner, or a broken program, may repeat it.
private final class PagePace: Sendable {
    private struct State {
        var minute: Int64 = 0
        var visits: [AddressID: Int] = [:]
    }

    private static let mostVisits = 60
    private static let mostPeople = 100_000

    private let state = Mutex(State())

    func mayVisit(_ address: AddressID, at now: Instant) -> Bool {
        state.withLock { state in
            let minute = now.milliseconds / 60_000
            if minute != state.minute { state = State(minute: minute) }
            guard state.visits[address] != nil || state.visits.count < Self.mostPeople else { return false }
            state.visits[address, default: 0] += 1
            return state.visits[address, default: 0] <= Self.mostVisits
        }
    }
}
