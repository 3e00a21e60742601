import ChildProcesses
import Foundation
import Synchronization

/// A TLS server with a self-signed certificate for localhost: `openssl s_server`.
package final class SelfSignedServer {
    package let port: Int
    /// The path of the certificate. A client that trusts it trusts the server.
    package let certificate: String
    private let process: ChildProcess
    private let folder: TemporaryDirectory

    package struct Failed: Error {
        let output: String
    }

    /// - Parameter options: further options of `openssl s_server`.
    package init(options: [String] = []) async throws {
        folder = try TemporaryDirectory()
        let (key, output) = (folder.path + "/key", folder.path + "/output")
        certificate = folder.path + "/certificate"
        let making = try ChildProcess(
            "/usr/bin/env",
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-subj", "/CN=localhost", "-days", "2", "-keyout", key, "-out", certificate,
            ],
            output: output,
            errors: output
        )
        guard await making.exit == .status(0) else {
            throw Failed(output: (try? String(contentsOfFile: output, encoding: .utf8)) ?? "")
        }
        process = try ChildProcess(
            "/usr/bin/env",
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"] + options,
            output: output,
            errors: output
        )
        let isOver = Mutex(false)
        process.whenEnded { _ in isOver.withLock { $0 = true } }
        while true {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            // "ACCEPT 127.0.0.1:40123"
            if let line = text.firstMatch(of: /ACCEPT [0-9.]+:([0-9]+)\n/), let number = Int(line.output.1) {
                port = number
                break
            }
            guard !isOver.withLock({ $0 }) else { throw Failed(output: text) }
            await Task.yield()
        }
    }

    package func stop() {
        process.signal(SIGKILL)
    }
}
