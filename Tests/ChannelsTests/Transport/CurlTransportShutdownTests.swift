import Channels
import Foundation
import TestSupport
import Testing

@Suite struct CurlTransportShutdownTests {
    @Test func `a shutdown lets the request under way finish and refuses the next`() async throws {
        let arrived = Event()
        let proceed = DispatchSemaphore(value: 0)
        let server = try ScriptedServer { connection in
            connection.readRequest()
            arrived.happen()
            proceed.wait()
            connection.respond(body: "finished")
        }
        defer { server.stop() }
        let transport = try CurlTransport(userAgent: "dripd/1.2.3")
        let first = Task { try await transport.send(.post(to: server.url())) }
        await arrived.wait()

        let shutdown = Task { await transport.shutdown() }
        // The shutdown begins at some moment after that: until then requests wait for an answer. This one has none.
        var refusal: TransportError?
        while refusal?.kind != .shutDown {
            refusal = try await transport.failure(of: .get("file:///"))
        }
        #expect(refusal?.description == "the HTTP transport is shut down (the request was not sent)")
        proceed.signal()
        await shutdown.value
        #expect(try await first.value.body == Array("finished".utf8))
        #expect(server.requests.count == 1)
    }

    @Test func `a shutdown without requests ends at once, and again`() async throws {
        let transport = try CurlTransport(userAgent: "dripd/1.2.3")
        await transport.shutdown()
        await transport.shutdown()
        let error = try await transport.failure(of: .get("http://127.0.0.1/"))
        #expect(error.kind == .shutDown)
    }

    @Test func `a request over the limit of requests is refused`() async throws {
        let arrived = Event()
        let proceed = DispatchSemaphore(value: 0)
        let server = try ScriptedServer { connection in
            connection.readRequest()
            arrived.happen()
            proceed.wait()
            connection.respond()
        }
        defer { server.stop() }
        try await withTransport {
            $0.requests = 1
        } _: { transport in
            let first = Task { try await transport.send(.post(to: server.url())) }
            await arrived.wait()
            let error = try await transport.failure(of: .post(to: server.url()))
            #expect(error.kind == .overloaded)
            #expect(error.arrival == .certainlyNot)
            proceed.signal()
            let response = try await first.value
            #expect(response.status == 200)
        }
    }
}
