import ControlAPI
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

/// The control API: HTTP and JSON on a Unix socket that only its owner, and the members of one group if it is set, may open.
/// `dripd status`, `people` and `jobs` are clients of it.
package struct ControlServer {
    let operations: Operations
    private let logger: Logger

    /// The maximum size of all files of a plan together, in bytes: a thousand files of ordinary size.
    private static let planBytes = 64 * 1024 * 1024

    /// The maximum size of a request without files and without people to import, in bytes.
    private static let orderBytes = 2 * 1024 * 1024

    /// The maximum number of open connections; each uses a file descriptor.
    private static let connections = 40

    /// Room for four of the largest bodies. Small bodies do not evict larger ones.
    private static let bodies = BodyLimits(total: 4 * planBytes, small: 0, perPeer: .max)

    /// Clients keep their connection open between the parts of a long request.
    private static let idle = TimeAmount.minutes(10)

    /// A request comes from this machine, so it arrives quickly; its answer may take minutes.
    private static let request = TimeAmount.minutes(1)

    package init(operations: Operations, logger: Logger) {
        self.operations = operations
        self.logger = logger
    }

    package var router: Router<BasicRequestContext> {
        let ready = PreparedRequests()
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
            let order = try await request.decode(as: PeopleRequest.self, context: context)
            guard (1...ControlLimit.list).contains(order.limit) else { throw limitError }
            return try Response.json(
                try await operations.people(where: order.filter, from: order.from, limit: order.limit)
            )
        }
        router.post("/people/search") { request, context in
            let order = try await request.decode(as: PeopleSearchRequest.self, context: context)
            guard (1...ControlLimit.search).contains(order.limit), let search = PeopleSearch(order.text) else {
                throw HTTPError(
                    .badRequest,
                    message: "a search is a name or a number of at most \(PeopleSearch.longestText) characters, "
                        + "its limit from 1 to \(ControlLimit.search)"
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
            let order = try await request.decode(as: EnrollRequest.self, context: context)
            return try Response.json(
                EnrollAnswer(
                    first: try await operations.enroll(order.person, in: order.sequence, again: order.again)
                )
            )
        }
        router.post("/people/stop") { request, context in
            let order = try await request.decode(as: StopRequest.self, context: context)
            return try Response.json(
                StopAnswer(stopped: try await operations.stop(order.person, sequence: order.sequence))
            )
        }
        router.post("/people/resume") { request, context in
            let order = try await request.decode(as: ResumeRequest.self, context: context)
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
            let order = try JSONDecoder().decode(ImportRequest.self, from: Data(body.readableBytesView))
            guard order.people.count <= ControlLimit.importedPeople else {
                throw HTTPError(
                    .badRequest,
                    message: "one request imports at most \(ControlLimit.importedPeople) people"
                )
            }
            return try Response.json(ready.keep(order))
        }
        router.post("/people/import/take") { request, context in
            guard let order = ready.take(try await request.decode(as: PreparedRequest.self, context: context)) else {
                throw HTTPError(
                    .notFound,
                    message: "too many imports at once: wait until one ends, then repeat the command"
                )
            }
            return try Response.json(try await operations.importPeople(order))
        }
        router.post("/people/tag") { request, context in
            let order = try await tagOrder(request, context)
            guard PersonRecord.isTag(order.tag) else {
                throw HTTPError(.badRequest, message: "a tag has from 1 to \(PersonRecord.longestName) characters")
            }
            return try Response.json(try await operations.tag(order.people, with: order.tag))
        }
        router.get("/mail/key") { _, _ in try Response.json(try await operations.mailKey()) }
        router.post("/mail") { request, context in
            try Response.json(
                try await operations.take(try await request.decode(as: MailReport.self, context: context))
            )
        }
        router.post("/people/untag") { request, context in
            let order = try await tagOrder(request, context)
            return try Response.json(try await operations.untag(order.people, of: order.tag))
        }
        router.post("/people/forget") { request, context in
            let order = try await request.decode(as: ForgetRequest.self, context: context)
            return try Response.json(try await operations.forget(order.person))
        }
        addAddressRoutes(to: router)
        router.get("/jobs") { request, _ in
            try Response.json(
                try await operations.jobs(try states(of: request), limit: try limit(of: request))
            )
        }
        router.post("/jobs/resolve") { request, context in
            let order = try await request.decode(as: ResolveRequest.self, context: context)
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
            guard (1...ControlLimit.list).contains(query.limit) else { throw limitError }
            return try Response.json(try await operations.audit(query))
        }
        router.get("/sync") { _, _ in try Response.json(try await operations.syncs()) }
        router.post("/sync") { request, context in
            let body = try await request.decode(as: SyncBody.self, context: context)
            try await operations.sync(body.page, enroll: body.sequence, wroteWithin: body.wroteWithin)
            return try Response.json(try await operations.syncs())
        }
        router.post("/comments") { request, context in
            let order = try await request.decode(as: CommentsRequest.self, context: context)
            return try Response.json(try await operations.comments(order))
        }
        router.get("/hold") { request, _ in
            try Response.json(try await operations.hold(steps: try limit(of: request)))
        }
        router.post("/hold/adopt") { request, context in
            let order = try await request.decode(as: AdoptStateRequest.self, context: context)
            return try Response.json(try await operations.adoptState(sendingMissed: order.sendMissed))
        }
        router.post("/apply") { request, context in
            let order = try await request.decode(as: ApplyRequest.self, context: context)
            return try Response.json(await operations.adopt(.apply(plan: order.plan)))
        }
        router.get("/edit") { _, _ in try Response.json(EditAnswer(edit: operations.edit())) }
        router.post("/reload") { _, _ in try Response.json(await operations.reload()) }
        router.post("/plan") { request, _ in
            let body = try await request.body.collect(upTo: Self.planBytes)
            let order = try JSONDecoder().decode(PlanRequest.self, from: Data(body.readableBytesView))
            return try Response.json(
                try await operations.plan(order, people: min(max(order.people, 0), ControlLimit.plannedPeople))
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

    func limit(of request: Request) throws -> Int {
        guard let text = request.uri.queryParameters["limit"] else { return 100 }
        guard let limit = Int(text), (1...ControlLimit.list).contains(limit) else { throw limitError }
        return limit
    }

    private var limitError: HTTPError {
        HTTPError(.badRequest, message: "limit is a number from 1 to \(ControlLimit.list)")
    }

    private func tagOrder(_ request: Request, _ context: BasicRequestContext) async throws -> TagRequest {
        let order = try await request.decode(as: TagRequest.self, context: context)
        guard (1...ControlLimit.taggedPeople).contains(order.people.count) else {
            throw HTTPError(.badRequest, message: "one request tags from 1 to \(ControlLimit.taggedPeople) people")
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
    ///   - group: the group whose members may use the socket; nil: only its owner and root.
    ///   - bound: called once, when the server accepts requests.
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
            budget: BodyBudget(Self.bodies, releaseMemory: FreeMemory.releaseMemory),
            connections: connections,
            refusals: RefusalLog(logger: logger),
            date: HTTPDate(),
            check: { head in
                guard let target = RequestCheck.pathAndQuery(of: head.uri) else {
                    return .refuse(Refusal(status: .badRequest, text: "the request target has no path"))
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
