import DripCore
package import DripEngine
import DripStore
import Foundation
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOHTTP1
package import ServiceLifecycle

/// The control API: HTTP and JSON on a Unix socket that only its owner may open. `dripd status`, `people` and `jobs` are
/// its clients.
package struct ControlServer {
    private let operations: Operations
    private let logger: Logger

    /// What one answer lists at most.
    package static let listLimit = 10_000

    /// The people whom one search finds at most: somebody has to choose among them.
    package static let searchLimit = 100

    /// The people whom one order imports; they are written a slice at a time.
    package static let importLimit = 5_000

    /// The people whom one order tags; they are written a slice at a time.
    package static let tagLimit = 1_000

    /// The people that one plan lists at most.
    package static let planLimit = 100_000

    /// All files of a plan together: a thousand files of ordinary size.
    private static let planBytes = 64 * 1024 * 1024

    /// An order that brings no files and no people.
    private static let orderBytes = 2 * 1024 * 1024

    /// At once: each is a file that this process has open.
    private static let connections = 40

    /// The largest bodies four at a time; a small one pushes out none.
    private static let bodies = BodyLimits(total: 4 * planBytes, small: 0, perPeer: .max)

    /// Clients keep a connection between the parts of a long order.
    private static let idle = TimeAmount.minutes(10)

    /// An order comes from this machine; its answer may take minutes.
    private static let request = TimeAmount.minutes(1)

    package init(operations: Operations, logger: Logger) {
        self.operations = operations
        self.logger = logger
    }

    package var router: Router<BasicRequestContext> {
        let ready = ReadyOrders()
        let router = Router()
        router.add(middleware: FailureMiddleware(refusals: RefusalLog(logger: logger)))
        router.add(middleware: RefusalMiddleware())
        router.add(middleware: AuditMiddleware(operations: operations))
        router.get("/zone") { _, _ in try Response.json(ZoneAnswer(zone: operations.zone.identifier)) }
        router.get("/status") { _, _ in try Response.json(try await operations.status()) }
        router.get("/people") { request, _ in
            let query = request.uri.queryParameters
            return try Response.json(
                try await operations.people(limit: try limit(of: request), after: query["after"].map(String.init))
            )
        }
        router.post("/people/list") { request, context in
            let order = try await request.decode(as: PeopleOrder.self, context: context)
            guard (1...Self.listLimit).contains(order.limit) else { throw limitError }
            return try Response.json(
                try await operations.people(where: order.filter, from: order.from, limit: order.limit)
            )
        }
        router.post("/people/search") { request, context in
            let order = try await request.decode(as: PeopleSearchOrder.self, context: context)
            guard (1...Self.searchLimit).contains(order.limit), let search = PeopleSearch(order.text) else {
                throw HTTPError(
                    .badRequest,
                    message: "a search is a name or a number of at most \(PeopleSearch.longestText) characters, "
                        + "its limit from 1 to \(Self.searchLimit)"
                )
            }
            return try Response.json(
                try await operations.people(like: search, before: order.before, limit: order.limit)
            )
        }
        router.get("/people/one") { request, _ in
            let name = request.uri.queryParameters["person"].map(String.init) ?? ""
            return try Response.json(try await operations.person(name))
        }
        router.get("/people/explain") { request, _ in
            let name = request.uri.queryParameters["person"].map(String.init) ?? ""
            return try Response.json(try await operations.explain(name))
        }
        router.post("/people/enroll") { request, context in
            let order = try await request.decode(as: EnrollOrder.self, context: context)
            return try Response.json(
                EnrollAnswer(
                    first: try await operations.enroll(order.person, in: order.sequence, again: order.again)
                )
            )
        }
        router.post("/people/stop") { request, context in
            let order = try await request.decode(as: StopOrder.self, context: context)
            return try Response.json(
                StopAnswer(stopped: try await operations.stop(order.person, sequence: order.sequence))
            )
        }
        router.post("/people/resume") { request, context in
            let order = try await request.decode(as: ResumeOrder.self, context: context)
            let reason = order.reason.trimmed
            guard (1...ConsentChange.longestReason).contains(reason.unicodeScalars.count) else {
                throw HTTPError(
                    .badRequest,
                    message: "a reason has from 1 to \(ConsentChange.longestReason) characters"
                )
            }
            return try Response.json(try await operations.resume(order.person, reason: reason))
        }
        router.post("/people/import") { request, _ in
            let body = try await request.body.collect(upTo: Self.planBytes)
            let order = try JSONDecoder().decode(ImportOrder.self, from: Data(body.readableBytesView))
            guard order.people.count <= Self.importLimit else {
                throw HTTPError(.badRequest, message: "one order imports at most \(Self.importLimit) people")
            }
            return try Response.json(ready.keep(order))
        }
        router.post("/people/import/take") { request, context in
            guard let order = ready.take(try await request.decode(as: ReadyOrder.self, context: context)) else {
                throw HTTPError(
                    .notFound,
                    message: "too many imports at once: let another end, and run the same command again"
                )
            }
            return try Response.json(try await operations.take(order))
        }
        router.post("/people/tag") { request, context in
            let order = try await tagOrder(request, context)
            guard PersonRecord.isTag(order.tag) else {
                throw HTTPError(.badRequest, message: "a tag has from 1 to \(PersonRecord.longestName) characters")
            }
            return try Response.json(try await operations.tag(order.people, with: order.tag))
        }
        router.post("/people/untag") { request, context in
            let order = try await tagOrder(request, context)
            return try Response.json(try await operations.untag(order.people, of: order.tag))
        }
        router.post("/people/forget") { request, context in
            let order = try await request.decode(as: ForgetOrder.self, context: context)
            return try Response.json(try await operations.forget(order.person))
        }
        router.get("/jobs") { request, _ in
            try Response.json(
                try await operations.jobs(try states(of: request), limit: try limit(of: request))
            )
        }
        router.post("/jobs/resolve") { request, context in
            let order = try await request.decode(as: ResolveOrder.self, context: context)
            try await operations.resolve(
                order.person,
                sequence: order.sequence,
                step: order.step,
                as: order.resolution
            )
            return try Response.json(order)
        }
        router.post("/audit") { request, context in
            let query = try await request.decode(as: AuditQuery.self, context: context)
            guard (1...Self.listLimit).contains(query.limit) else { throw limitError }
            return try Response.json(try await operations.audit(query))
        }
        router.get("/sync") { _, _ in try Response.json(try await operations.syncs()) }
        router.post("/sync") { request, context in
            let body = try await request.decode(as: SyncBody.self, context: context)
            try await operations.sync(body.page, enroll: body.sequence, wroteWithin: body.wroteWithin)
            return try Response.json(try await operations.syncs())
        }
        router.post("/comments") { request, context in
            let order = try await request.decode(as: CommentsOrder.self, context: context)
            return try Response.json(try await operations.comments(order))
        }
        router.get("/hold") { request, _ in
            try Response.json(try await operations.hold(steps: try limit(of: request)))
        }
        router.post("/hold/adopt") { request, context in
            let order = try await request.decode(as: AdoptStateOrder.self, context: context)
            return try Response.json(try await operations.adoptState(sendingMissed: order.sendMissed))
        }
        router.post("/apply") { request, context in
            let order = try await request.decode(as: ApplyOrder.self, context: context)
            return try Response.json(await operations.adopt(.apply(plan: order.plan)))
        }
        router.get("/edit") { _, _ in try Response.json(EditAnswer(edit: operations.edit())) }
        router.post("/reload") { _, _ in try Response.json(await operations.reload()) }
        router.post("/plan") { request, _ in
            let body = try await request.body.collect(upTo: Self.planBytes)
            let order = try JSONDecoder().decode(PlanOrder.self, from: Data(body.readableBytesView))
            return try Response.json(
                try await operations.plan(order, people: min(max(order.people, 0), Self.planLimit))
            )
        }
        router.get("/history") { request, _ in
            let sequence = request.uri.queryParameters["sequence"].map(String.init)
            return try Response.json(
                try await operations.history(sequence: sequence, limit: try limit(of: request))
            )
        }
        router.get("/history/file") { request, _ in
            let version = request.uri.queryParameters["version"].map(String.init) ?? ""
            return try Response.json(try await operations.file(ofVersion: version))
        }
        return router
    }

    private func limit(of request: Request) throws -> Int {
        guard let text = request.uri.queryParameters["limit"] else { return 100 }
        guard let limit = Int(text), (1...Self.listLimit).contains(limit) else { throw limitError }
        return limit
    }

    private var limitError: HTTPError {
        HTTPError(.badRequest, message: "limit is a number from 1 to \(Self.listLimit)")
    }

    private func tagOrder(_ request: Request, _ context: BasicRequestContext) async throws -> TagOrder {
        let order = try await request.decode(as: TagOrder.self, context: context)
        guard (1...Self.tagLimit).contains(order.people.count) else {
            throw HTTPError(.badRequest, message: "one order tags from 1 to \(Self.tagLimit) people")
        }
        return order
    }

    private func states(of request: Request) throws -> [JobSummary.State] {
        guard let text = request.uri.queryParameters["state"] else { return JobSummary.State.allCases }
        guard let state = JobSummary.State(rawValue: String(text)) else {
            let names = JobSummary.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw HTTPError(.badRequest, message: "state is one of \(names)")
        }
        return [state]
    }

    /// - Parameters:
    ///   - group: whose members may use the socket; nil: its owner and root alone.
    ///   - bound: called once, when requests can come in.
    package func service(
        socket: String,
        group: String? = nil,
        bound: @escaping @Sendable () async -> Void
    ) -> some Service {
        let connections = ConnectionTable()
        let rules = GateRules(
            idle: Self.idle,
            request: Self.request,
            limitsAnswers: false,
            answersJSON: true,
            budget: BodyBudget(Self.bodies, giveBack: FreeMemory.giveBack),
            connections: connections,
            refusals: RefusalLog(logger: logger),
            date: HTTPDate(),
            check: { head in
                guard let target = RequestCheck.pathAndQuery(of: head.uri) else {
                    return .refuse(Refusal(status: .badRequest, text: "the target names no path"))
                }
                head.uri = target
                let takesMuch = ["/plan", "/people/import"].contains(target.prefix { $0 != "?" })
                return .pass(bodyLimit: takesMuch ? Self.planBytes : Self.orderBytes)
            }
        )
        return ControlSocketService(
            path: socket,
            group: group,
            listening: { draft, running in
                ListeningService(
                    router,
                    on: .unixDomainSocket(path: draft),
                    named: socket,
                    connections: .gated(rules, also: [PeerHandlerInstaller()]),
                    logger: logger.forServer
                ) { [logger] channel in
                    await ConnectionsHandler.watch(channel, connections, limit: Self.connections, logger: logger)
                    try await running()
                }
            },
            bound: bound
        )
    }
}
