import Foundation
import Synchronization

/// A server on raw sockets that runs a script for each connection, so that it can misbehave in any way.
/// The script blocks its own thread. When it returns, the connection is closed.
package final class ScriptedServer: Sendable {
    package typealias Script = @Sendable (ServerConnection) -> Void

    package struct Failure: Error {
        let call: String
        let code: Int32
    }

    private struct State {
        var connections: [ServerConnection] = []
        var stopped = false
    }

    /// The TCP port; 0 for a Unix socket.
    package let port: Int
    private let listener: Int32
    private let state = Mutex(State())
    private let threads = DispatchGroup()

    /// Listens on 127.0.0.1.
    package convenience init(script: @escaping Script) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // With a small window, the kernel cannot buffer a client's large body.
        var size: Int32 = 4_096
        setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        try Self.bind(listener, &address)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutableBytes(of: &address) {
            getsockname(listener, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard code == 0 else { throw Failure(call: "getsockname", code: errno) }
        try self.init(listener: listener, port: Int(UInt16(bigEndian: address.sin_port)), script: script)
    }

    package convenience init(unixSocketPath path: String, script: @escaping Script) throws {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try Self.bind(listener, &address)
        try self.init(listener: listener, port: 0, script: script)
    }

    private init(listener: Int32, port: Int, script: @escaping Script) throws {
        self.listener = listener
        self.port = port
        guard listen(listener, 512) == 0 else { throw Failure(call: "listen", code: errno) }
        run { [self] in acceptConnections(script) }
    }

    /// All complete requests, header and body, grouped by connection in the order of acceptance.
    package var requests: [String] { state.withLock { $0.connections.flatMap(\.requests) } }
    package var rawRequests: [[UInt8]] { state.withLock { $0.connections.flatMap(\.rawRequests) } }
    /// The received bytes of each connection.
    package var bytesReceived: [Int] { state.withLock { $0.connections.map(\.bytesReceived) } }
    package var connectionCount: Int { state.withLock { $0.connections.count } }

    package func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Refuses new connections. Existing ones stay open.
    package func refuseConnections() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// Ends every script that waits for its client, after it has read all received data. Returns when all have ended.
    package func stop() {
        let connections = state.withLock { state -> [ServerConnection]? in
            defer { state.stopped = true }
            return state.stopped ? nil : state.connections
        }
        guard let connections else { return }
        refuseConnections()
        for connection in connections { connection.hangUp() }
        threads.wait()
        close(listener)
    }

    private func acceptConnections(_ script: @escaping Script) {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            let connection = ServerConnection(descriptor: descriptor)
            let isWelcome = state.withLock { state in
                if !state.stopped { state.connections.append(connection) }
                return !state.stopped
            }
            guard isWelcome else { return connection.close() }
            run {
                script(connection)
                connection.close()
            }
        }
    }

    private func run(_ body: @escaping @Sendable () -> Void) {
        threads.enter()
        let thread = Thread { [threads] in
            body()
            threads.leave()
        }
        thread.stackSize = 512 << 10
        thread.start()
    }

    private static func bind<Address>(_ descriptor: Int32, _ address: inout Address) throws {
        let code = withUnsafeBytes(of: &address) {
            Glibc.bind(
                descriptor,
                $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                socklen_t(MemoryLayout<Address>.size)
            )
        }
        guard code == 0 else { throw Failure(call: "bind", code: errno) }
    }
}
