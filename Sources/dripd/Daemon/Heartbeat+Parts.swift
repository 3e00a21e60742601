import Channels
import DripEngine
import DripStore
import Systemd

/// What the watchdog watches: three parts, each by something that it has to do for the answer.
extension Heartbeat {
    /// Has gone once around its loop.
    static func dispatcher(_ dispatcher: DispatcherService) -> Heartbeat {
        Heartbeat(name: "dispatcher", limit: .seconds(10)) { await dispatcher.ping() }
    }

    /// Its writer has run a statement.
    static func store(_ store: Store) -> Heartbeat {
        Heartbeat(name: "store", limit: .seconds(10)) { try await store.writerIsAlive() }
    }

    /// Has answered a request, over TCP.
    /// - Parameters:
    ///   - hosts: at which it may be reached, as a URL writes them: one has to answer.
    ///   - port: known once it listens.
    ///   - isExpected: false while it starts, or ends: it ends before the rest does, and is not to be missed then.
    static func webServer(
        hosts: [String],
        port: @escaping @Sendable () -> Int,
        transport: CurlTransport,
        isExpected: @escaping @Sendable () -> Bool
    ) -> Heartbeat {
        // Below the limit of the heartbeat, so that why it failed can still be told.
        let limits = HTTPTimeLimits(connectMilliseconds: 4_000, totalMilliseconds: 8_000, stallSeconds: 8)
        return Heartbeat(name: "web server", limit: .seconds(10)) {
            // Without a descriptor nothing can be asked: the server waits for one, too, and a restart would find none either.
            guard !OpenFiles.areExhausted else { return }
            var failure: (any Error)?
            for host in hosts {
                do {
                    let url = "http://\(host):\(port())/healthz"
                    let response = try await transport.send(
                        // An address of this machine, which need not be a loopback one.
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
