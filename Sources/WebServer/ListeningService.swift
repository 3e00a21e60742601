import Glibc
package import Hummingbird
import NIOCore
import ServiceLifecycle

/// A web server as a service that says what it could not bind.
package struct ListeningService<Server: ApplicationProtocol>: Service {
    private let server: Server
    private let address: String

    package struct CannotListen: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter address: as the configuration names it.
    init(_ server: Server, address: String) {
        self.server = server
        self.address = address
    }

    package func run() async throws {
        do {
            try await server.run()
        } catch let error as IOError {
            throw CannotListen(
                description: "cannot listen on \(address): \(String(cString: strerror(error.errnoCode)))"
            )
        }
    }
}
