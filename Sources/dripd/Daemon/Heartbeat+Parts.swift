import Channels
import DripEngine
import DripStore
import Systemd

/// The heartbeats of three parts. Each part must do real work to answer.
extension Heartbeat {
    /// Beats when the dispatcher has completed a pass of its loop.
    static func dispatcher(_ dispatcher: DispatcherService) -> Heartbeat {
        Heartbeat(name: "dispatcher", limit: .seconds(10)) { await dispatcher.ping() }
    }

    /// Beats when the store's writer has run a statement.
    static func store(_ store: Store) -> Heartbeat {
        Heartbeat(name: "store", limit: .seconds(10)) { try await store.writerIsAlive() }
    }

    /// Beats when the web server has answered a request over TCP.
    /// - Parameters:
    ///   - hosts: the server's hosts, in URL form. One of them must answer.
    ///   - port: the server's port, known once it listens.
    ///   - isExpected: whether the server should answer; false during start and shutdown, since it stops before the rest.
    static func webServer(
        hosts: [String],
        port: @escaping @Sendable () -> Int,
        transport: CurlTransport,
        isExpected: @escaping @Sendable () -> Bool
    ) -> Heartbeat {
        // Shorter than the heartbeat's limit, so that the error can still be reported.
        let limits = HTTPTimeLimits(connectMilliseconds: 4_000, totalMilliseconds: 8_000, stallSeconds: 8)
        return Heartbeat(name: "web server", limit: .seconds(10)) {
            // Without a free descriptor no request is possible. The server also waits for one, and a restart would not help.
            guard !OpenFiles.areExhausted else { return }
            var failure: (any Error)?
            for host in hosts {
                do {
                    let url = "http://\(host):\(port())/healthz"
                    let response = try await transport.send(
                        // Any host: the address is this machine's, but need not be a loopback address.
                        Channels.HTTPRequest(method: .get, url: url, plainHTTP: .anyHost, timeLimits: limits)
                    )
                    guard response.status == 200 else {
                        throw Failure("/healthz answered with status \(response.status)")
                    }
                    return
                } catch {
                    failure = failure ?? error
                }
            }
            if let failure, isExpected(), !OpenFiles.areExhausted { throw failure }
        }
    }
}
