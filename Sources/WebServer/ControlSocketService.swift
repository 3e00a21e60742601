import DripStore
import Hummingbird
import ServiceLifecycle
import Synchronization

/// The control API on its socket.
struct ControlSocketService: Service {
    let path: String
    let group: String?
    /// - Parameters:
    ///   - socket: what to bind.
    ///   - running: called once it is bound.
    let listening:
        @Sendable (_ socket: String, _ running: @escaping @Sendable () async throws -> Void) -> ListeningService<
            BasicRequestContext
        >
    /// Called once, when requests can come in.
    let bound: @Sendable () async -> Void

    func run() async throws {
        let socket = try ControlSocket(path: path, group: group)
        let own = Mutex<FileFacts?>(nil)
        defer { socket.end(own.withLock { $0 }) }
        try await listening(socket.draft) {
            try socket.publish()
            own.withLock { $0 = socket.identity }
            await bound()
        }.run()
    }
}
