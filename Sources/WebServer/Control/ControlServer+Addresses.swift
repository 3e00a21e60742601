import ControlAPI
import DripCore
import DripEngine
import Hummingbird
import NIOCore

extension ControlServer {
    /// The routes of people's addresses and consents.
    func addAddressRoutes(to router: Router<BasicRequestContext>) {
        router.post("/people/link") { request, context in
            var order = try await request.decode(as: LinkRequest.self, context: context)
            order.proof = try words(order.proof, "a proof")
            return try Response.json(try await operations.link(order))
        }
        router.post("/people/unlink") { request, context in
            let order = try await request.decode(as: UnlinkRequest.self, context: context)
            return try Response.json(try await operations.unlink(order))
        }
        router.get("/people/duplicates") { request, _ in
            let limit = try limit(of: request)
            guard limit <= DuplicatesAnswer.mostGroups else {
                throw HTTPError(.badRequest, message: "limit is a number from 1 to \(DuplicatesAnswer.mostGroups)")
            }
            return try Response.json(try await operations.duplicates(limit: limit))
        }
        router.get("/people/consent") { request, _ in
            try Response.json(try await operations.consents(of: person(of: request)))
        }
        router.post("/people/consent") { request, context in
            var order = try await request.decode(as: ConsentRequest.self, context: context)
            order.evidence = try order.evidence.map { try words($0, "evidence") }
            return try Response.json(try await operations.recordConsent(order))
        }
        router.post("/people/address") { request, context in
            var order = try await request.decode(as: AddAddressRequest.self, context: context)
            order.evidence = try words(order.evidence, "evidence")
            return try Response.json(try await operations.addAddress(order))
        }
        router.get("/people/export") { request, _ in
            try Response.json(try await operations.export(person(of: request)))
        }
    }

    private func person(of request: Request) -> String {
        request.uri.queryParameters["person"].map(String.init) ?? ""
    }

    /// Returns an operator's words without spaces at their ends.
    private func words(_ text: String, _ name: String) throws -> String {
        let text = text.trimmed
        guard (1...LinkRequest.longestProof).contains(text.unicodeScalars.count) else {
            throw HTTPError(.badRequest, message: "\(name) has from 1 to \(LinkRequest.longestProof) characters")
        }
        return text
    }
}
